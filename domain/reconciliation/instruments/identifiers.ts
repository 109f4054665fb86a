/** Why a text is no ISIN; undefined for one (ISO 6166: two letters, nine letters or digits, and a check digit). */
export function isinProblem(isin: string): string | undefined {
  if (!/^[A-Z]{2}[A-Z0-9]{9}[0-9]$/.test(isin))
    return 'is no ISIN: two capital letters, nine capital letters or digits, and a digit';
  const digits = [...isin.slice(0, -1)].map((character) => String(Number.parseInt(character, 36))).join('');
  return checkDigitProblem(isin, luhn([...digits].map(Number)));
}

/** Why a text is no CUSIP; undefined for one (ANSI X9.6: eight letters, digits or `*@#`, and a check digit). */
export function cusipProblem(cusip: string): string | undefined {
  if (!/^[A-Z0-9*@#]{8}[0-9]$/.test(cusip))
    return 'is no CUSIP: eight capital letters, digits or *@#, and a digit';
  const values = [...cusip.slice(0, -1)].map((character) => {
    const special = '*@#'.indexOf(character);
    return special < 0 ? Number.parseInt(character, 36) : 36 + special;
  });
  const sum = values.reduce((all, value, index) => {
    const weighted = index % 2 === 1 ? 2 * value : value;
    return all + Math.floor(weighted / 10) + (weighted % 10);
  }, 0);
  return checkDigitProblem(cusip, (10 - (sum % 10)) % 10);
}

/** The CUSIP inside an ISIN of the United States or Canada, of which it is nine of the twelve characters. */
export function cusipOfIsin(isin: string): string | undefined {
  return isin.startsWith('US') || isin.startsWith('CA') ? isin.slice(2, 11) : undefined;
}

/** One of the ways in which files name instruments. */
export function isSymbol(value: string): boolean {
  return /^[\x21-\x7e](?:[\x20-\x7e]{0,62}[\x21-\x7e])?$/.test(value);
}

export function isAssetClass(value: string): boolean {
  return /^[a-z][A-Za-z0-9-]{0,31}$/.test(value);
}

function checkDigitProblem(identifier: string, expected: number): string | undefined {
  return Number(identifier.at(-1)) === expected
    ? undefined
    : `has a wrong check digit: it would be ${expected}`;
}

/** The digit that makes the sum of all a multiple of ten: every second digit counts twice, from the last one on. */
function luhn(digits: readonly number[]): number {
  const sum = digits.toReversed().reduce((all, digit, index) => {
    const weighted = index % 2 === 0 ? 2 * digit : digit;
    return all + Math.floor(weighted / 10) + (weighted % 10);
  }, 0);
  return (10 - (sum % 10)) % 10;
}
