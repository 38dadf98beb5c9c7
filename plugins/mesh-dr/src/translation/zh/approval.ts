import type { approval as en } from '../en/approval';

export const approval: Record<keyof typeof en, string> = {
  'remedy.last-healthy-region':
    '请在目标中保留一个 Pod 就绪的地域。此项不可绕过。',
  'remedy.capacity':
    '请在请求将流向的地域增加 Pod，或以更小的步长转移；可用上方的“假设推演”试算数量。',
  'remedy.freeze-window': '请等待冻结窗口结束。回滚变更始终可行。',
  'remedy.wait-period': '请等上一次变更生效后再应用。',
  'remedy.active-shift': '请等待渐进转移结束，或先将其中止。',
  'remedy.approval': '请联系有批准权限的人员。',
  'approval.until': '{{when}}失效',
  'approval.late': '已超过批准期限',
  'approval.own': '由您申请，须由他人批准。',
  'approval.may': '您可以批准或拒绝。',
  'approval.mayNot': '须由具有 {{permission}} 权限的其他人决定。',
  'approval.withdraw': '撤回',
  'approval.title': '批准此变更',
  'approval.asked': '{{who}} 于 {{when}} 申请：“{{reason}}”',
  'approval.submit': '批准并应用',
  'breakGlass.open': '紧急情况：绕过护栏',
  'breakGlass.title': '绕过护栏',
  'breakGlass.warning':
    '仅限紧急情况。您的姓名、原因以及每一项被绕过的护栏都会记入变更记录和审计日志。',
  'breakGlass.approval': '批准：无需第二人即应用',
  'breakGlass.capacity': '容量：Pod 收到的请求可能超出承受能力',
  'breakGlass.freeze-window': '冻结窗口：在规则冻结期间仍进行修改',
  'breakGlass.wait-period': '等待期：在上一次变更生效之前就应用',
  'breakGlass.apply': '紧急应用…',
  'breakGlass.submit': '绕过护栏并应用',
};
