import { createRouter, createWebHistory } from 'vue-router'
import { MAPS } from '@/lib/view/state'
import AtlasPage from './AtlasPage.vue'

const map = `:map(all|${MAPS.join('|')})`

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    // /?map=risk is how the server announces its maps.
    { path: '/', redirect: ({ query: { map, ...query } }) => ({ name: 'atlas', params: { map: MAPS.find((m) => m === map) ?? 'all' }, query }) },
    { name: 'atlas', path: `/${map}`, component: AtlasPage },
    { name: 'print', path: `/${map}/print`, component: () => import('@/features/print/PrintPage.vue') },
    { name: 'people', path: '/people', component: () => import('@/features/people/PeoplePage.vue') },
    { path: '/:rest(.*)*', redirect: { name: 'atlas', params: { map: 'all' } } },
  ],
})
