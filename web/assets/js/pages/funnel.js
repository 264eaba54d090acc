// How many people took the steps, one after another; and, beside it, who did this and did not do that.

import { t } from '../core/i18n.js';
import { copyBlock } from '../ui/controls.js';
import { emptyState } from '../ui/states.js';
import { audienceView } from './audience.js';
import { firstEventCommand } from './first_event.js';
import { stepsView } from './funnel_steps.js';
import { questionPage } from './question_page.js';

export default {
  title: () => t('nav.funnel'),
  show: ({ query }) => questionPage(query, {
    title: t('nav.funnel'), lead: t('funnel.lead'), label: t('funnel.views'), empty,
    views: [
      { name: 'funnel', text: t('funnel.view_funnel'), make: stepsView },
      { name: 'audience', text: t('funnel.view_audience'), make: audienceView },
    ],
  }),
};

function empty() {
  return emptyState({
    title: t('funnel.empty_title'), text: t('funnel.empty_text'), next: copyBlock(firstEventCommand()),
  });
}
