import { ApiError, NetworkError } from '@/api/client'
import type { Problem } from '@/api/types'
import type { Text } from '@/lib/text'

/** A file as it came, its name, and what its format could not hold. */
export interface Download {
  name: string
  rows: number
  notes: Text[]
  body: Blob
}

/** Asks for a file. A refusal is an ApiError in the language that the address asks for. */
export async function fetchFile(to: string, signal: AbortSignal): Promise<Download> {
  let response: Response
  try {
    response = await fetch(to, { signal })
    if (response.ok) return { ...described(response.headers), body: await response.blob() }
  } catch (cause) {
    if (signal.aborted) throw cause
    throw new NetworkError('network', { cause })
  }
  throw new ApiError(response.status, await response.json().then((p: Problem) => p, () => undefined))
}

function described(headers: Headers): Omit<Download, 'body'> {
  return {
    name: nameIn(headers.get('Content-Disposition') ?? ''),
    rows: Number(headers.get('X-Export-Rows') ?? 0),
    notes: JSON.parse(decodeURIComponent(headers.get('X-Export-Notes') ?? '[]')) as Text[],
  }
}

/** The name of a file in a Content-Disposition header: the one in any script (RFC 6266) before the plain one. */
export function nameIn(disposition: string): string {
  const wide = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1]
  return wide ? decodeURIComponent(wide) : (/filename="([^"]+)"/.exec(disposition)?.[1] ?? 'export')
}

/** Lets the browser keep a file under its name. */
export function keep(file: Download): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file.body)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000) // some browsers begin to read only after the click has ended
}
