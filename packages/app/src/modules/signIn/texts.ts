/** The page is drawn before anybody is signed in, so it follows the browser's language, not the portal's setting. */
export const texts = {
  en: {
    title: 'Mesh DR',
    subtitle: 'Multi-region disaster recovery for Alibaba Cloud Service Mesh',
    demo: 'Pick who you want to be. These are demo identities; no password is needed.',
    guest: 'Guest',
    guestDescription: 'Look around without an account.',
    enter: 'Enter as guest',
    signIn: 'Sign in',
    failed: 'Signing in failed',
  },
  zh: {
    title: 'Mesh DR',
    subtitle: '阿里云服务网格 ASM 多地域容灾',
    demo: '请选择一个身份。这些是演示身份，无需密码。',
    guest: '访客',
    guestDescription: '无需账号即可浏览。',
    enter: '以访客身份进入',
    signIn: '登录',
    failed: '登录失败',
  },
};
