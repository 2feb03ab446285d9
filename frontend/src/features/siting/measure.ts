import type { SitingFinding, SitingRule } from '@/api/siting'

/** How a finding is drawn: how far the bar goes, and where what is required stands, as shares of its length. */
export interface Bar {
  measured: number
  required: number
}

/** A bar for what has two numbers to compare; none for a row that lies inside something. */
export function barOf(rule: Pick<SitingRule, 'measure'>, finding: Pick<SitingFinding, 'measured' | 'required'>): Bar | undefined {
  if (rule.measure === 'inside') return undefined
  const most = Math.max(finding.measured, finding.required) * 1.15
  return most > 0 ? { measured: finding.measured / most, required: finding.required / most } : undefined
}

/** A number that never reads like the one required: 4.96, not 5. */
export function distinct(measured: number, required: number): string {
  for (let decimals = 1; decimals < 4; decimals++) {
    const text = measured.toFixed(decimals)
    if (text !== required.toFixed(decimals)) return String(Number(text))
  }
  return measured.toFixed(4)
}
