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
export const get = <T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> => request<T>(address(path, params), {}, signal)

/** Sends JSON (nothing without a body), and reads the answer as get does. */
export function send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const content: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
  return request<T>(path, { method, headers: { ...content, ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
}

const LONGEST_UPLOAD = 15 * 60_000 // ms, as the server has it

/** Sends a file as it is, and reads the answer as get does. */
export const sendFile = <T>(method: 'POST' | 'PUT', path: string, params: Params, file: BodyInit, headers: Record<string, string>): Promise<T> =>
  request<T>(address(path, params), { method, headers, body: file }, undefined, LONGEST_UPLOAD)

const signedOut = new Set<() => void>()

/** Calls back when the server does not know who asks (any more). */
export function onSignedOut(listener: () => void): () => void {
  signedOut.add(listener)
  return () => signedOut.delete(listener)
}

const KEPT = 'Fourmaps-Kept' // the service worker's header: when an answer was kept that it gives for want of a network

/** Gets JSON as get does, and when it was kept; undefined when it comes from the server. */
export async function getKept<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<{ body: T; keptAt: number | undefined }> {
  let keptAt: number | undefined
  const body = await request<T>(address(path, params), {}, signal, LONGEST, (headers) => {
    keptAt = Date.parse(headers.get(KEPT) ?? '') || undefined
  })
  return { body, keptAt }
}

async function request<T>(to: string, init: RequestInit & { headers?: Record<string, string> }, signal?: AbortSignal, longest = LONGEST, look?: (headers: Headers) => void): Promise<T> {
  const end = new AbortController()
  const abort = () => end.abort()
  signal?.addEventListener('abort', abort)
  const timer = setTimeout(abort, longest)
  try {
    const response = await fetch(to, { ...init, signal: end.signal, headers: { 'Accept-Language': document.documentElement.lang, ...init.headers } })
    if (!response.ok) throw refused(response.status, await problemOf(response))
    look?.(response.headers)
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

function refused(status: number, problem: Problem | undefined): ApiError {
  if (problem?.code === 'not_signed_in') for (const listener of signedOut) listener()
  return new ApiError(status, problem)
}

async function problemOf(response: Response): Promise<Problem | undefined> {
  try {
    return (await response.json()) as Problem
  } catch {
    return undefined // an answer of a proxy, not of the server
  }
}
