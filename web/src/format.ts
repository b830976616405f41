// Numbers and dates as the reader's browser writes them; money in the data's currency.

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

export function countText(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : whole.format(value);
}

/** For axes. */
export function shortText(value: number): string {
  if (Math.abs(value) >= 1000) return compact.format(value);
  return numberText(value, 3);
}

export function numberText(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 1000) return whole.format(value);
  return new Intl.NumberFormat(undefined, { maximumSignificantDigits: digits }).format(value);
}

/** With a sign, for differences. */
export function signedText(
  value: number | null | undefined,
  text: (value: number) => string = (size) => numberText(size),
): string {
  if (value === null || value === undefined) return '–';
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  return `${sign}${text(Math.abs(value))}`;
}

export function percentText(value: number | null | undefined, digits?: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value) * 100;
  const fraction = digits ?? (size >= 10 || size === 0 ? 0 : size >= 1 ? 1 : 2);
  return new Intl.NumberFormat(undefined, {
    style: 'percent',
    minimumFractionDigits: fraction,
    maximumFractionDigits: fraction,
  }).format(value);
}

/** Both ends with as many digits as it takes to tell them apart. */
export function percentEnds(lower: number, upper: number): [string, string] {
  const plain: [string, string] = [percentText(lower), percentText(upper)];
  for (let digits = 1; digits <= 3 && plain[0] === plain[1] && lower !== upper; ++digits) {
    plain[0] = percentText(lower, digits);
    plain[1] = percentText(upper, digits);
  }
  return plain;
}

/** Without a currency the plain number: what is not known is not made up. */
export function moneyText(value: number | null | undefined, currency: string | null): string {
  if (value === null || value === undefined) return '–';
  if (!currency) return numberText(value, 4);
  const digits = Math.abs(value) >= 100 ? 0 : 2;
  try {
    return new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  } catch {
    return `${numberText(value, 4)} ${currency}`;
  }
}

/** A calendar day, which has no time zone. */
export function dayText(iso: string | null | undefined): string {
  if (!iso) return '–';
  const day = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return iso;
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' }).format(day);
}

/** A moment, in the reader's own time. */
export function momentText(iso: string | null | undefined): string {
  if (!iso) return '–';
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return iso;
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
    moment,
  );
}

export function bytesText(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: units[unit]!,
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value);
}

/** A long name on one line; the whole is in its title. */
export function shortened(text: string, most = 60): string {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
}

/** "9 of 10" where that is what the level is. */
export function shareWords(level: number): string {
  const tenths = Math.round(level * 10);
  if (Math.abs(level * 10 - tenths) < 1e-9) return `${tenths} of 10`;
  return `${Math.round(level * 100)} of 100`;
}
