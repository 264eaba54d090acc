// How many people took the steps, one after another.

import { t } from '../core/i18n.js';
import { copyBlock } from '../ui/controls.js';
import { emptyState } from '../ui/states.js';
import { firstEventCommand } from './first_event.js';
import { stepsView } from './funnel_steps.js';
import { questionPage } from './question_page.js';

export default {
  title: () => t('nav.funnel'),
  show: ({ query }) => questionPage(query, {
    title: t('nav.funnel'), lead: t('funnel.lead'), empty, views: [{ name: 'funnel', make: stepsView }],
  }),
};

function empty() {
  return emptyState({
    title: t('funnel.empty_title'), text: t('funnel.empty_text'), next: copyBlock(firstEventCommand()),
  });
}
