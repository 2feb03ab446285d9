import { useInfiniteQuery, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { address, ApiError, get, NetworkError, send, sendFile } from './client'
import type { components } from './schema'
import type { Problem } from './types'

/** A photo or a document of a row. */
export type RowFile = components['schemas']['File']
export type RowFiles = components['schemas']['Files']
export type DeletedFile = components['schemas']['DeletedFiles']['files'][number]
export type FileEvent = components['schemas']['FileEvent']

/** What photos and documents may be. Without HEIC in the list, iPhones send JPEG. */
export const PHOTOS = 'image/jpeg,image/png,image/webp'
export const DOCUMENTS = '.pdf,.docx,.xlsx,.pptx'

const filesOf = (layer: string, row: string) => `/api/layers/${layer}/features/${row}/files`
const fileAt = (layer: string, row: string, id: string) => `${filesOf(layer, row)}/${id}`

/** The files of a row, the newest first; a change of the row or of its files refreshes them. */
export const useFiles = (layer: MaybeRefOrGetter<string>, row: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'files', toValue(row)]),
    queryFn: ({ signal }) => get<RowFiles>(filesOf(toValue(layer), toValue(row)), {}, signal),
  })

/** The deleted files of a row that can be brought back, the last first. */
export const useDeletedFiles = (layer: MaybeRefOrGetter<string>, row: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'files', toValue(row), 'deleted']),
    queryFn: async ({ signal }) => (await get<components['schemas']['DeletedFiles']>(`${filesOf(toValue(layer), toValue(row))}/deleted`, {}, signal)).files,
    enabled,
  })

/** Who added, deleted and brought back which file of a row, the newest first. */
export const useFileHistory = (layer: MaybeRefOrGetter<string>, row: MaybeRefOrGetter<string>, enabled: MaybeRefOrGetter<boolean>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'files', toValue(row), 'history']),
    queryFn: ({ pageParam, signal }) => get<components['schemas']['FileHistory']>(`${filesOf(toValue(layer), toValue(row))}/history`, { limit: 20, before: pageParam || undefined }, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next || undefined,
    enabled,
  })

/** Where the content of a file is. */
export const contentOf = (layer: string, row: string, file: RowFile): string => fileAt(layer, row, file.id)
/** Where a photo made small is, by its longest edge in pixels. */
export const thumbnailOf = (layer: string, row: string, file: RowFile, edge: 320 | 1280): string => `${fileAt(layer, row, file.id)}/thumbnails/${edge}`

/** What is said of a file beside its content. */
export interface FileWords {
  name: string
  occurredAt?: string | undefined // ISO; now without it
  accept?: readonly string[] | undefined // codes of findings that the person has seen
}

const words = ({ name, occurredAt, accept }: FileWords) => ({ name, occurred_at: occurredAt, accept: accept?.join(',') })

/** Adds a file to a row with fetch alone, for what is sent in the background. `id` is a UUID of version 7: a repeat of the
 * same content under it adds nothing. A refusal is an ApiError; needs_decision has findings that `accept` may name. */
export const putFile = (layer: string, row: string, id: string, content: Blob | ArrayBuffer, said: FileWords): Promise<RowFile> =>
  sendFile<RowFile>('PUT', fileAt(layer, row, id), words(said), content, { 'Content-Type': 'application/octet-stream' })

/** As putFile, and tells how much has gone (0 to 1). */
export function uploadFile(layer: string, row: string, id: string, content: Blob, said: FileWords, progress: (share: number) => void, signal: AbortSignal): Promise<RowFile> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest()
    request.open('PUT', address(fileAt(layer, row, id), words(said)))
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Accept-Language', document.documentElement.lang)
    request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total)
    request.onerror = request.ontimeout = request.onabort = () => failed(new NetworkError('network'))
    request.onload = () => {
      const answer = parsed(request.responseText)
      if (request.status >= 200 && request.status < 300) done(answer as RowFile)
      else failed(new ApiError(request.status, answer as Problem | undefined))
    }
    signal.addEventListener('abort', () => request.abort())
    request.send(content)
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // an answer of a proxy, not of the server
  }
}

export const deleteFile = (layer: string, row: string, file: Pick<RowFile, 'id'>) => send<RowFile>('DELETE', fileAt(layer, row, file.id))
export const undeleteFile = (layer: string, row: string, file: Pick<RowFile, 'id'>) => send<RowFile>('POST', `${fileAt(layer, row, file.id)}/undelete`)
