const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)$/
const GROUPED = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/

/** Reads a number as people type it, also in full-width digits and with commas between thousands. null for nothing; a text that is no number stays as it is. */
export function readNumber(text: string): number | string | null {
  const plain = text.normalize('NFKC').replaceAll(/[−–]/g, '-').trim()
  if (plain === '') return null
  if (DECIMAL.test(plain)) return Number(plain)
  return GROUPED.test(plain) ? Number(plain.replaceAll(',', '')) : text
}
