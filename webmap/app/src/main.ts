import { createApp } from 'vue'

import App from './App.vue'
import { i18n, setLanguage, type Language } from './i18n'
import { router } from './router'
import { restoreSession } from './session'
import './styles/tokens.css'
import './styles/base.css'

setLanguage(i18n.global.locale.value as Language)
void restoreSession().then(() => createApp(App).use(i18n).use(router).mount('#app'))
