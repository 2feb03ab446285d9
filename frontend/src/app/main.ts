import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import '@fontsource-variable/noto-sans-sc/wght.css'
import '@/ui/fonts/rare/rare.css'
import '@/ui/tokens.css'
import { ApiError } from '@/api/client'
import { makeI18n } from '@/lib/i18n'
import { usePreferences } from '@/lib/preferences'
import { followWindow } from '@/lib/scale'
import App from './App.vue'
import { router } from './router'

followWindow()

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // The event stream says what is old. What was refused stays refused; what failed is tried again for as long as it takes.
      staleTime: Infinity,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (_, error) => !(error instanceof ApiError && error.status < 500),
      retryDelay: (attempt) => Math.min(1000 * 2 ** attempt, 10_000),
      networkMode: 'always', // an intranet without internet is not offline
    },
  },
})

const app = createApp(App)
app.use(createPinia())
app.use(makeI18n(usePreferences().lang))
app.use(VueQueryPlugin, { queryClient: client })
app.use(router)
app.mount('#app')
