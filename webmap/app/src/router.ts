/** Addresses of the screens. */
import { createRouter, createWebHistory } from 'vue-router'

import { i18n } from './i18n'
import { signedIn } from './session'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', redirect: '/map' },
    { path: '/signin', name: 'signin', component: () => import('./screens/SignInScreen.vue') },
    { path: '/map', name: 'map', component: () => import('./screens/map/MapScreen.vue') },
    { path: '/requests', name: 'requests', component: () => import('./screens/requests/RequestsScreen.vue'), meta: { staff: true } },
    { path: '/requests/:id', name: 'request', component: () => import('./screens/requests/RequestScreen.vue'), props: true, meta: { staff: true } },
    { path: '/releases', name: 'releases', component: () => import('./screens/releases/ReleasesScreen.vue') },
    { path: '/imports', name: 'imports', component: () => import('./screens/imports/ImportsScreen.vue'), meta: { staff: true } },
    { path: '/:rest(.*)', name: 'not-found', component: () => import('./screens/NotFoundScreen.vue') },
  ],
})

router.beforeEach((to) => {
  if (to.meta.staff && !signedIn.value) return { name: 'signin', query: { to: to.fullPath } }
  return true
})

router.afterEach(() => {
  document.title = i18n.global.t('app.title')
})
