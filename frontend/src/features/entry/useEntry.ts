// One row in one form at a time. The form outlives a change of page and of session; nothing but saving or discarding ends it.
import type { Geometry } from 'geojson'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { ApiError } from '@/api/client'
import { useConnection } from '@/api/events/connection'
import { errorText } from '@/api/failure'
import type { Feature, Layer } from '@/api/types'
import { changeRow, conflictOf, createRow, findingsOf, readRow, undeleteRow, type Finding, type System } from '@/api/writes'
import { check, type Complaint } from '@/fields/check'
import { changed, copyOf, draftOf, entryOf, same, under, type Draft } from '@/fields/draft'
import { uuid } from '@/lib/uuid'

/** What somebody else made of the row while it was in the form; `current` is null when they deleted it. */
export interface Meanwhile {
  version: number
  current: Feature | null
}

export const useEntry = defineStore('entry', () => {
  const { serverNow } = useConnection()
  const layer = shallowRef<Layer>()
  const id = ref('')
  const version = ref<number>() // the version that the person has seen; undefined for a new row
  const base = shallowRef<Draft>() // the row as it was then, or the empty form
  const draft = ref<Draft>()
  const confirm = ref(false)
  const complaints = ref<Record<string, Complaint>>({})
  const errors = ref<Record<string, string>>({}) // by path, in the server's words
  const problem = ref('')
  const findings = ref<Finding[]>()
  const accepted = ref<string[]>([])
  const reason = ref('') // why what a rule forbids is saved all the same
  const meanwhile = shallowRef<Meanwhile>()
  const resolving = ref(false) // the screen that puts both versions side by side
  const busy = ref(false)
  const leaving = ref(false)
  const unread = ref(false) // coordinates are typed that say no place: the one in the draft is not what the person means
  let sent = { body: '', key: '', at: '' }

  const open = computed(() => layer.value !== undefined)
  const dirty = computed(() => Boolean(layer.value && base.value && draft.value && (confirm.value || changed(layer.value, base.value, draft.value).length > 0)))

  function begin(of: Layer, row?: Feature) {
    layer.value = of
    id.value = row?.id ?? uuid()
    version.value = row?.properties.version
    base.value = draftOf(of, row)
    draft.value = copyOf(base.value)
    confirm.value = false
    sent = { body: '', key: '', at: '' }
    quiet()
    meanwhile.value = undefined
    resolving.value = leaving.value = false
  }
  function quiet() {
    complaints.value = {}
    errors.value = {}
    problem.value = ''
    findings.value = undefined
    accepted.value = []
    reason.value = ''
  }
  function end() {
    layer.value = undefined
    draft.value = undefined
    leaving.value = resolving.value = false
    findings.value = undefined
  }
  /** Ends the form, after asking when something would be lost. */
  function leave() {
    if (dirty.value) leaving.value = true
    else end()
  }
  function place(geometry: Geometry | null, crs: System = 'WGS84', accuracy: number | null = null) {
    if (!draft.value || (same(draft.value.geometry, geometry) && draft.value.crs === crs)) return
    draft.value.geometry = geometry
    draft.value.crs = crs
    draft.value.accuracy = accuracy
    delete complaints.value.geometry
    delete errors.value.geometry
  }

  // What is corrected is complained of no more; nothing new is, before somebody tries to save again.
  let told: Draft | undefined // the draft of which errors speak
  watch(draft, (now) => {
    if (!now || !layer.value) return
    const open = check(layer.value, now)
    complaints.value = Object.fromEntries(Object.keys(complaints.value).flatMap((path) => (open[path] ? [[path, open[path]]] : [])))
    const old = told
    if (old) errors.value = Object.fromEntries(Object.entries(errors.value).filter(([path]) => same(under(old, keyOf(path)), under(now, keyOf(path)))))
  }, { deep: true })
  const keyOf = (path: string) => /^\w*/.exec(path)![0]

  /** Saves; answers the row, or nothing when something is in the way, which then stands in the form. */
  async function save(): Promise<Feature | undefined> {
    if (!layer.value || !draft.value || busy.value) return undefined
    complaints.value = check(layer.value, draft.value)
    errors.value = {}
    problem.value = ''
    if (unread.value || Object.keys(complaints.value).length > 0) return undefined
    const before = version.value === undefined ? undefined : base.value
    const entry = { ...entryOf(layer.value, before, draft.value), ...(before ? {} : { id: id.value }), ...(confirm.value ? { confirm: true } : {}), ...(accepted.value.length ? { accept: accepted.value } : {}), ...(reason.value.trim() ? { reason: reason.value.trim() } : {}) }
    // The same content goes under the same key and with the same time, so that a repeat is one; other content is another write.
    const body = JSON.stringify([id.value, version.value, entry])
    if (sent.body !== body) sent = { body, key: uuid(), at: serverNow.value.toISOString() }
    const timed = { ...entry, occurred_at: sent.at }
    busy.value = true
    try {
      const row = version.value === undefined ? await createRow(layer.value.name, timed, sent.key) : await changeRow(layer.value.name, id.value, version.value, timed, sent.key)
      end()
      return row
    } catch (error) {
      refused(error)
      return undefined
    } finally {
      busy.value = false
    }
  }
  function refused(error: unknown) {
    const conflict = conflictOf(error)
    findings.value = findingsOf(error)
    if (conflict) {
      meanwhile.value = conflict
      resolving.value = true
    } else if (error instanceof ApiError && error.problem?.code === 'invalid_entry') {
      told = draft.value && copyOf(draft.value)
      errors.value = Object.fromEntries((error.problem.errors ?? []).map((e) => [e.parameter, e.detail]))
    } else if (!findings.value) problem.value = errorText(error, () => 'network')
  }

  /** Goes on from what somebody else made of the row, with what was decided. */
  function rebase(current: Feature, decided: Draft) {
    if (!layer.value) return
    version.value = current.properties.version
    base.value = draftOf(layer.value, current)
    draft.value = copyOf(decided)
    meanwhile.value = undefined
    resolving.value = false
  }
  /** Brings a row back that somebody deleted meanwhile; what stands in the form is then a change of it. */
  async function bringBack(): Promise<boolean> {
    if (!layer.value || !draft.value || !meanwhile.value) return false
    busy.value = true
    try {
      const row = await undeleteRow(layer.value.name, id.value, meanwhile.value.version, serverNow.value.toISOString(), uuid())
      rebase(row, draft.value)
      return true
    } catch (error) {
      refused(error)
      return false
    } finally {
      busy.value = false
    }
  }
  /** Opens another row instead, with what was typed here as a change of it. */
  async function mergeInto(other: string) {
    if (!layer.value || !draft.value || !base.value) return
    const of = layer.value
    const mine = draft.value
    const typed = changed(of, draftOf(of), mine).filter((key) => key !== 'geometry')
    try {
      const row = await readRow(of.name, other)
      begin(of, row)
      for (const key of typed) if (key in mine.values) draft.value.values[key] = mine.values[key]
      for (const key of typed) if (key in mine.parts) draft.value.parts[key] = [...draft.value.parts[key]!, ...mine.parts[key]!.map((line) => Object.fromEntries(Object.entries(line).filter(([name]) => name !== 'id')))]
    } catch (error) {
      refused(error)
    }
  }
  return { layer, id, version, base, draft, confirm, complaints, errors, problem, findings, accepted, reason, meanwhile, resolving, busy, leaving, unread, open, dirty, begin, end, leave, place, save, rebase, bringBack, mergeInto }
})
