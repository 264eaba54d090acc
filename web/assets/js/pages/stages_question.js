// The question about stages as it stands in an address: the model, what was changed of it, and what is looked at.

export const OUTSIDE = 'outside';
export const WHOLE = 'whole';
const PERIODS = ['day', 'week', 'month'];

export function questionFrom(query, models) {
  const named = (name) => models.find(({ id }) => id === name);
  const model = named(query.get('model')) ?? named('o5a') ?? models[0];
  const changes = model ? changesFrom(query.get('edit'), model.stages) : [];
  return {
    model, changes, stages: model ? changed(model.stages, changes) : [],
    period: PERIODS.includes(query.get('period')) ? query.get('period') : 'day', day: query.get('day'),
    was: query.get('was'), is: query.get('is'), cursor: query.get('cursor'),
  };
}

/** What the API takes, of events and of sums. */
export const LEAST_MAX = 1_000_000_000;
export const DAYS_MAX = 3660;

/** The conditions of a rule, all of which must hold, each with its place: that of the rule, or `rule.condition`. */
export function conditionsOf(rule, place) {
  return rule.all?.map((condition, at) => ({ condition, place: `${place}.${at}` }))
    ?? [{ condition: rule, place: String(place) }];
}

const conditionAt = (stage, place) => stage?.rules.flatMap(conditionsOf).find((one) => one.place === place)?.condition;

/** Changed thresholds as `stage:place:least:days`, parted by commas; no days for ever. */
function changesFrom(text, stages) {
  return (text ?? '').split(',').filter(Boolean).flatMap((one) => {
    const [id, place, least, days] = one.split(':');
    const condition = conditionAt(stages.find((stage) => stage.id === id), place);
    const atLeast = whole(least, LEAST_MAX);
    return condition && atLeast ? [{ id, place, atLeast, withinDays: whole(days, DAYS_MAX) }] : [];
  });
}

/** From 1 to `most`; null for all else. */
function whole(text, most) {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : null;
}

function changed(stages, changes) {
  return stages.map((stage) => {
    const applied = ({ condition, place }) => {
      const change = changes.find((one) => one.id === stage.id && one.place === place);
      return change ? { ...condition, at_least: change.atLeast, within_days: change.withinDays } : condition;
    };
    const rules = stage.rules.map((rule, place) => {
      const conditions = conditionsOf(rule, place).map(applied);
      return rule.all ? { all: conditions } : conditions[0];
    });
    return { ...stage, rules };
  });
}

/** What the address says once a threshold is another; null where all is as in the model. */
export function withChange({ model, changes }, change) {
  const others = changes.filter((one) => one.id !== change.id || one.place !== change.place);
  const kept = conditionAt(model.stages.find(({ id }) => id === change.id), change.place);
  const isSame = (kept.at_least ?? 1) === change.atLeast && (kept.within_days ?? null) === change.withinDays;
  const all = isSame ? others : [...others, change];
  return all.map((one) => [one.id, one.place, one.atLeast, one.withinDays ?? ''].join(':')).join(',') || null;
}

/** The model as the API takes it: by name, or as it was changed. */
export function modelOf({ model, changes, stages }) {
  return changes.length === 0 ? model.id : { title: model.title, stages };
}
