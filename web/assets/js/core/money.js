// Amounts of money: how many digits the minor unit of a currency has, and exact amounts as text.

const DIGITS = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
]);

/** Digits after the point as the server counts them; what Intl would show differs for some currencies. */
export function minorDigits(currency) {
  return DIGITS.get(currency) ?? 2;
}

/** Minor units to the currency's own unit: 9900 CNY is 99. */
export function majorUnits({ minor, currency }) {
  return minor / 10 ** minorDigits(currency);
}

/** The amount alone, for a column of numbers: 99.00. */
export function amountText(money) {
  return majorUnits(money).toFixed(minorDigits(money.currency));
}
