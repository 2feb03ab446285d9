import type { Problem } from './types'

/** An answer that is not what was asked for; `problem` says why in the reader's language. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem | undefined
  constructor(status: number, problem: Problem | undefined) {
    super(problem?.detail || problem?.title || `HTTP ${status}`)
    this.status = status
    this.problem = problem
  }
}

/** The server could not be reached at all. */
export class NetworkError extends Error {}

type Params = Record<string, string | number | undefined>

/** Writes an address of the server; empty parameters are left out. */
export function address(path: string, params: Params = {}): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) if (value !== undefined && value !== '') query.set(key, String(value))
  const text = query.toString().replaceAll('%2C', ',')
  return text ? `${path}?${text}` : path
}

/** Gets JSON; the language of error messages is that of the page. */
export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  let response: Response
  try {
    response = await fetch(address(path, params), { signal: signal ?? null, headers: { 'Accept-Language': document.documentElement.lang } })
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new NetworkError('network', { cause })
  }
  if (response.ok) return (await response.json()) as T
  throw new ApiError(response.status, await problemOf(response))
}

async function problemOf(response: Response): Promise<Problem | undefined> {
  try {
    return (await response.json()) as Problem
  } catch {
    return undefined // an answer of a proxy, not of the server
  }
}
