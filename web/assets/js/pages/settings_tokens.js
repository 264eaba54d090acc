// The keys that programs come with.

import { api } from '../core/api.js';
import { h, replace } from '../core/dom.js';
import { t } from '../core/i18n.js';
import { badge, button, copyBlock, field, input, select } from '../ui/controls.js';
import { confirmAction, openDialog } from '../ui/dialog.js';
import { panel } from '../ui/panel.js';
import { asking, errorState, note } from '../ui/states.js';
import { table } from '../ui/table.js';
import { timeText } from '../ui/words.js';

const KINDS = ['write', 'read', 'admin'];

export function tokensPanel() {
  const problem = h('div');
  const place = asking(({ tokens }) => list(tokens, load, problem), { lines: 3 });
  const load = () => place.ask((signal) => api.get('/tokens', {}, signal));
  load();
  const add = button({ text: t('tokens.add'), sign: 'plus', onclick: () => addToken(load) });
  return panel(t('tokens.title'), [problem, place.element], { tools: [add], isFlush: true, hint: t('tokens.hint') });
}

function list(tokens, load, problem) {
  const columns = [
    { title: t('sign_in.name'), isHeader: true, cell: (row) => row.name },
    { title: t('column.kind'), cell: (row) => t(`token_kind.${row.kind}`) },
    { title: t('column.created'), cell: (row) => timeText(row.created_at) },
    {
      title: t('column.last_used'), isWide: true,
      cell: (row) => (row.last_used_at ? timeText(row.last_used_at) : t('tokens.unused')),
    },
    {
      title: t('column.state'),
      cell: (row) => (row.revoked_at ? badge(t('tokens.revoked')) : badge(t('tokens.valid'), 'good', 'check')),
    },
    {
      title: h('span.visually-hidden', {}, t('column.actions')), isNumber: true,
      cell: (row) => revocation(row, load, problem),
    },
  ];
  return table(t('tokens.title'), columns, tokens);
}

function revocation(token, load, problem) {
  if (token.revoked_at) return null;
  const revoke = async () => {
    const texts = {
      title: t('tokens.revoke_title', { name: token.name }), text: t('tokens.revoke_text'),
      action: t('tokens.revoke'),
    };
    if (!(await confirmAction(texts))) return;
    try {
      await api.remove(`/tokens/${encodeURIComponent(token.id)}`);
      replace(problem);
      load();
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  return button({
    text: t('tokens.revoke'), kind: 'quiet', 'aria-label': t('tokens.revoke_title', { name: token.name }),
    onclick: revoke,
  });
}

/** Asks for kind and name, makes the token and shows it once. */
export function addToken(load) {
  const kind = select(KINDS.map((one) => [one, t(`token_kind.${one}`)]), 'write');
  const name = input({ required: true, autocapitalize: 'none' });
  const problem = h('div');
  const submit = async (event) => {
    event.preventDefault();
    try {
      const { secret } = await api.post('/tokens', { kind: kind.value, name: name.value.trim() });
      dialog.close();
      load();
      openDialog(t('tokens.made'), [note(t('tokens.once'), 'watch'), copyBlock(secret)]);
    } catch (error) {
      replace(problem, errorState(error));
    }
  };
  const form = h('form.stack', { id: 'add-token', onsubmit: submit },
    field(t('sign_in.name'), name, t('tokens.name_hint')), field(t('column.kind'), kind), problem);
  const dialog = openDialog(t('tokens.add'), [form], [
    button({ text: t('tokens.add'), kind: 'primary', type: 'submit', form: 'add-token' }),
  ]);
  name.focus();
}
