// Sums of money as a headline, and as a column of a table; in CSV, amount and currency have columns of their own.

import { h } from '../core/dom.js';
import { compactMoney, exactMoney, moneyText } from '../core/format.js';
import { t } from '../core/i18n.js';
import { amountText } from '../core/money.js';
import { withTitle } from './controls.js';

/** A sum in several currencies, a line for each; exact on hover. */
export function moneyLines(list) {
  if (list.length === 0) return '0';
  return list.map((money) => h('div', {}, withTitle(compactMoney(money), exactMoney(money))));
}

/**
 * @param read - the list of sums of a row, at most one for each currency
 * @returns the column that is seen, and two that are written for each currency there is
 */
export function moneyColumns(title, rows, read) {
  const currencies = [...new Set(rows.flatMap((row) => read(row).map((money) => money.currency)))].sort();
  const seen = {
    title, isNumber: true, cell: (row) => withTitle(moneyText(read(row)), moneyText(read(row), exactMoney)),
  };
  return [seen, ...currencies.flatMap((currency) => amountColumns(title, (row) => read(row).find(
    (money) => money.currency === currency
  )))];
}

/** The two columns of one sum, for CSV alone. */
export function amountColumns(title, readOne) {
  const part = (write) => (row) => {
    const money = readOne(row);
    return money ? write(money) : '';
  };
  return [
    { title, csv: part(amountText) },
    { title: t('column.currency'), csv: part((money) => money.currency) },
  ];
}
