// Where people stand: in which stage of a model, and how much buyers are worth.

import { t } from '../core/i18n.js';
import { copyBlock } from '../ui/controls.js';
import { emptyState } from '../ui/states.js';
import { firstEventCommand } from './first_event.js';
import { questionPage } from './question_page.js';
import { rfmView } from './rfm.js';
import { stagesView } from './stages_flow.js';

export default {
  title: () => t('nav.stages'),
  show: ({ query }) => questionPage(query, {
    title: t('nav.stages'), lead: t('stages.lead'), label: t('stages.views'), empty,
    forgotten: ['was', 'is', 'day', 'segment'],
    views: [
      { name: 'stages', text: t('stages.view_stages'), make: stagesView },
      { name: 'rfm', text: t('stages.view_rfm'), make: rfmView },
    ],
  }),
};

function empty() {
  return emptyState({
    title: t('stages.empty_title'), text: t('stages.empty_text'), next: copyBlock(firstEventCommand()),
  });
}
