import { createRouter, createWebHistory } from 'vue-router'
import { MAPS } from '@/lib/view/state'
import pages from '../../pages.json'
import AtlasPage from './AtlasPage.vue'
import NoSuchPage from './NoSuchPage.vue'

// Addresses stand in pages.json, which the server reads too: it answers 404 for all others.
export const router = createRouter({
  history: createWebHistory(),
  routes: [
    // /?map=risk is how the server announces its maps.
    { path: pages.start, redirect: ({ query: { map, ...query } }) => ({ name: 'atlas', params: { map: MAPS.find((m) => m === map) ?? 'all' }, query }) },
    { name: 'atlas', path: pages.atlas, component: AtlasPage },
    { name: 'print', path: pages.print, component: () => import('@/features/print/PrintPage.vue') },
    { name: 'people', path: pages.people, component: () => import('@/features/people/PeoplePage.vue') },
    { name: 'siting', path: pages.siting, component: () => import('@/features/siting/SitingPage.vue') },
    { name: 'import', path: pages.import, component: () => import('@/features/importing/ImportPage.vue') },
    { name: 'settings', path: pages.settings, component: () => import('@/features/installation/InstallationPage.vue') },
    { name: 'field', path: pages.field, component: () => import('./FieldRoute.vue') },
    { name: 'none', path: '/:rest(.*)*', component: NoSuchPage },
  ],
})
