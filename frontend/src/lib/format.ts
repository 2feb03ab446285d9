import type { Lang } from './text'

const locale = (lang: Lang) => (lang === 'zh' ? 'zh-CN' : 'en-GB')

/** The clock of the product: all installations are in China. */
export const TIME_ZONE = 'Asia/Shanghai'

/** A number with its thousands separated. */
export function count(value: number, lang: Lang): string {
  return new Intl.NumberFormat(locale(lang), { maximumFractionDigits: 2 }).format(value)
}

/** Metres for people: 820 m, 3.42 km. */
export function metres(value: number, lang: Lang): string {
  const [n, unit] = value < 1000 ? [Math.round(value), lang === 'zh' ? '米' : 'm'] : [value / 1000, lang === 'zh' ? '公里' : 'km']
  return `${count(Number(n.toFixed(n < 100 ? 2 : 1)), lang)} ${unit}`
}

/** Square metres for people: m² below one hectare, then hectares (also mu in Chinese), then km². */
export function squareMetres(value: number, lang: Lang): string {
  if (value < 10_000) return `${count(Math.round(value), lang)} ${lang === 'zh' ? '平方米' : 'm²'}`
  if (value < 1_000_000) {
    const hectares = count(Number((value / 10_000).toFixed(2)), lang)
    return lang === 'zh' ? `${hectares} 公顷（${count(Math.round((value * 3) / 2000), lang)} 亩）` : `${hectares} ha`
  }
  return `${count(Number((value / 1e6).toFixed(2)), lang)} ${lang === 'zh' ? '平方公里' : 'km²'}`
}

/** Hours and minutes in the product's time zone. */
export function clock(time: Date, lang: Lang, seconds = false): string {
  return new Intl.DateTimeFormat(locale(lang), {
    hour: '2-digit', minute: '2-digit', ...(seconds ? { second: '2-digit' as const } : {}), hourCycle: 'h23', timeZone: TIME_ZONE,
  }).format(time)
}

/** Year, month, day and time of day in the product's time zone. */
export function moment(time: Date, lang: Lang): string {
  return new Intl.DateTimeFormat(locale(lang), {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: TIME_ZONE,
  }).format(time)
}

/** A calendar date as the server writes it (yyyy-mm-dd), for people. */
export function calendarDate(value: string, lang: Lang): string {
  const date = new Date(`${value}T00:00:00Z`)
  if (Number.isNaN(date.getTime())) return value
  return new Intl.DateTimeFormat(locale(lang), { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: 'UTC' }).format(date)
}

/** The weekday and date of today for the header. */
export function today(time: Date, lang: Lang): string {
  return new Intl.DateTimeFormat(locale(lang), { year: 'numeric', month: '2-digit', day: '2-digit', weekday: 'short', timeZone: TIME_ZONE }).format(time)
}

/** How long ago, in the largest whole unit. */
export function age(then: Date, now: Date, lang: Lang): string {
  const seconds = Math.max(0, (now.getTime() - then.getTime()) / 1000)
  const words = new Intl.RelativeTimeFormat(locale(lang), { numeric: 'auto' })
  if (seconds < 60) return lang === 'zh' ? '刚刚' : 'just now'
  if (seconds < 3600) return words.format(-Math.floor(seconds / 60), 'minute')
  if (seconds < 86_400) return words.format(-Math.floor(seconds / 3600), 'hour')
  if (seconds < 60 * 86_400) return words.format(-Math.floor(seconds / 86_400), 'day')
  if (seconds < 730 * 86_400) return words.format(-Math.floor(seconds / (30.44 * 86_400)), 'month')
  return words.format(-Math.floor(seconds / (365.25 * 86_400)), 'year')
}
