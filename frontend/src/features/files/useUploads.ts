import { useQueryClient } from '@tanstack/vue-query'
import { computed, ref } from 'vue'
import { ApiError } from '@/api/client'
import { uploadFile } from '@/api/files'
import { useConnection } from '@/api/events/connection'
import type { Text } from '@/lib/text'
import { uuid } from '@/lib/uuid'

/** A file on its way to the server. */
export interface Upload {
  id: string
  layer: string
  row: string
  name: string
  share: number // 0 to 1
  state: 'waiting' | 'going' | 'failed' | 'asked' | 'refused'
  problem: string // failed: '' for the network; refused: the server's sentence
  findings: { code: string; text: Text }[]
}

const AT_ONCE = 2 // uploads, so that on a weak network one of them comes through

// They outlive the card: whoever closes it has not called them off, and finds what is asked when it is open again.
const all = ref<Upload[]>([])
const contents = new Map<string, { file: File; at: string; accept: string[] }>()
const calls = new Map<string, AbortController>()

/** Sends files to a row, some at once; what failed can be sent again, what is asked about can be accepted. */
export function useUploads(layer: () => string, row: () => string) {
  const client = useQueryClient()
  const { serverNow } = useConnection()
  const uploads = computed(() => all.value.filter((u) => u.layer === layer() && u.row === row()))

  function add(files: Iterable<File>) {
    for (const file of files) {
      const id = uuid()
      contents.set(id, { file, at: serverNow.value.toISOString(), accept: [] })
      all.value.push({ id, layer: layer(), row: row(), name: file.name, share: 0, state: 'waiting', problem: '', findings: [] })
    }
    next()
  }
  function next() {
    while (calls.size < AT_ONCE) {
      const upload = all.value.find((u) => u.state === 'waiting')
      if (!upload) return
      void go(upload)
    }
  }
  async function go(upload: Upload) {
    const { file, at, accept } = contents.get(upload.id)!
    const call = new AbortController()
    calls.set(upload.id, call)
    Object.assign(upload, { state: 'going', share: 0, problem: '', findings: [] })
    try {
      await uploadFile(upload.layer, upload.row, upload.id, file, { name: file.name, occurredAt: at, accept }, (share) => (upload.share = share), call.signal)
      drop(upload)
      void client.invalidateQueries({ queryKey: ['rows', upload.layer] })
    } catch (cause) {
      fail(upload, cause)
    } finally {
      calls.delete(upload.id)
      next()
    }
  }
  function fail(upload: Upload, cause: unknown) {
    const problem = cause instanceof ApiError ? cause.problem : undefined
    if (!(cause instanceof ApiError) || cause.status >= 500 || cause.status === 401) return Object.assign(upload, { state: 'failed', problem: problem?.detail ?? '' })
    if (problem?.code === 'needs_decision' && problem.findings) return Object.assign(upload, { state: 'asked', findings: problem.findings })
    return Object.assign(upload, { state: 'refused', problem: cause.message })
  }
  function again(upload: Upload) {
    upload.state = 'waiting'
    next()
  }
  function accept(upload: Upload) {
    contents.get(upload.id)!.accept = upload.findings.map((f) => f.code)
    again(upload)
  }
  function drop(upload: Upload) {
    all.value = all.value.filter((u) => u.id !== upload.id)
    contents.delete(upload.id)
    calls.get(upload.id)?.abort()
  }
  return { uploads, add, again, accept, drop }
}
