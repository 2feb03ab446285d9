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

const LONGEST = 30_000 // ms; the server gives up on a query after 10 s

/** Gets JSON, null for an answer without content; the language of error messages is that of the page. */
export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const end = new AbortController()
  const abort = () => end.abort()
  signal?.addEventListener('abort', abort)
  const timer = setTimeout(abort, LONGEST)
  try {
    const response = await fetch(address(path, params), { signal: end.signal, headers: { 'Accept-Language': document.documentElement.lang } })
    if (!response.ok) throw new ApiError(response.status, await problemOf(response))
    return (response.status === 204 ? null : await response.json()) as T
  } catch (cause) {
    // What was called off stays so; silence and half an answer are the network's.
    if (cause instanceof ApiError || signal?.aborted) throw cause
    throw new NetworkError('network', { cause })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

async function problemOf(response: Response): Promise<Problem | undefined> {
  try {
    return (await response.json()) as Problem
  } catch {
    return undefined // an answer of a proxy, not of the server
  }
}
