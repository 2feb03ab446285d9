import { createRouter, createWebHistory } from 'vue-router'
import { MAPS } from '@/lib/view/state'
import AtlasPage from './AtlasPage.vue'

const map = `:map(all|${MAPS.join('|')})`

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: (to) => ({ name: 'atlas', params: { map: 'all' }, query: to.query }) },
    { name: 'atlas', path: `/${map}`, component: AtlasPage },
    { name: 'print', path: `/${map}/print`, component: () => import('@/features/print/PrintPage.vue') },
    { path: '/:rest(.*)*', redirect: { name: 'atlas', params: { map: 'all' } } },
  ],
})
