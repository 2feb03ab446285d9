// One import on its way: what the form holds, saved as it changes, and the work that follows.
import { useQueryClient } from '@tanstack/vue-query'
import { computed, onBeforeUnmount, ref, watch, type Ref } from 'vue'
import { errorText } from '@/api/failure'
import { applyImport, checkImport, chooseImport, useImport, type Import, type ImportMapping } from '@/api/imports'
import { debounce } from '@/lib/debounce'
import { useWords } from '@/lib/i18n'
import { choicesOf, formOf, proposed, type Form } from './choices'

export function useDraft(id: Ref<string>) {
  const { t } = useWords()
  const client = useQueryClient()
  const query = useImport(id)
  const draft = query.data
  const form = ref<Form>()
  const problem = ref('')
  const saving = ref(false)
  const applying = ref(false)
  const reviewing = ref(false) // the report is shown, not the form

  const told = (cause: unknown) => (problem.value = errorText(cause, t))
  const keep = (now: Import) => client.setQueryData(['import', now.id], now)

  // Another draft, or a reload: what the server keeps is where one goes on.
  let shown = ''
  watch(draft, (now) => {
    if (!now || now.id === shown) return
    shown = now.id
    form.value = formOf(now)
    problem.value = ''
    reviewing.value = now.state !== 'uploaded'
    if (!now.layer && now.about.layer && !Object.keys(form.value.mapping).length) form.value = withProposals({ ...form.value }, now)
  }, { immediate: true })
  watch(id, (now) => {
    if (now) return
    shown = ''
    form.value = undefined
    reviewing.value = false
  })

  const withProposals = (to: Form, from: Import): Form => ({ ...to, mapping: to.layer ? proposed(from.about.proposals[to.layer]) : {} })

  // Saved one after the other: each is a new revision, and an older one must not come last.
  let line: Promise<unknown> = Promise.resolve()
  let sent = ''
  function save(): Promise<void> {
    const now = form.value
    const target = draft.value
    if (!now || !target) return Promise.resolve()
    const choices = choicesOf(now, target.about.columns.map((c) => c.name))
    const written = JSON.stringify([target.id, now.layer, choices])
    if (written === sent) return line.then(() => undefined)
    sent = written
    saving.value = true
    const mine = line.then(() => chooseImport(target.id, now.layer, choices)).then((answer) => {
      keep(answer)
      problem.value = ''
    }, (cause: unknown) => {
      sent = ''
      told(cause)
    }).finally(() => (saving.value = false))
    line = mine
    return mine
  }
  const soon = debounce(() => void save(), 350)
  function change(next: Form) {
    form.value = next
    soon()
  }
  onBeforeUnmount(() => void save())

  /** Another layer: its columns go where they are proposed to go. */
  function chooseLayer(name: string) {
    if (form.value && draft.value) change(withProposals({ ...form.value, layer: name, constants: {}, levels: { columns: [], by_depth: {} } }, draft.value))
  }
  function use({ layer, choices }: ImportMapping) {
    if (!form.value || !draft.value) return
    const kept = formOf({ ...draft.value, layer, choices })
    change({ ...kept, sheet: form.value.sheet || kept.sheet })
  }

  async function review() {
    await save()
    if (problem.value || draft.value?.about.missing) return
    reviewing.value = true
  }
  async function again() {
    if (!draft.value) return
    problem.value = ''
    try {
      keep(await checkImport(draft.value.id))
    } catch (cause) {
      told(cause)
    }
  }
  async function apply(removeGone: boolean, moveAreas: boolean) {
    if (!draft.value) return
    applying.value = true
    problem.value = ''
    try {
      keep(await applyImport(draft.value.id, draft.value.revision, removeGone, moveAreas))
      void client.invalidateQueries({ queryKey: ['imports'] })
      void client.invalidateQueries({ queryKey: ['rows'] })
    } catch (cause) {
      told(cause)
      await query.refetch()
    } finally {
      applying.value = false
    }
  }
  const busy = computed(() => draft.value?.work ?? null)
  return { query, draft, form, problem, saving, applying, reviewing, busy, change, chooseLayer, use, review, again, apply, keep }
}
