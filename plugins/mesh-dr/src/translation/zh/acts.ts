import type { acts as en } from '../en/acts';

export const acts: Record<keyof typeof en, string> = {
  'shiftStatus.pending-approval': '等待批准',
  'shiftStatus.running': '进行中',
  'shiftStatus.paused': '已暂停',
  'shiftStatus.aborting': '正在恢复',
  'shiftStatus.completed': '已完成',
  'shiftStatus.aborted': '已恢复',
  'shiftStatus.failed': '失败',

  'return.label': '自动恢复',
  'return.help': '恢复到当前的规则，除非期间有人修改过。',
  'return.stays': '不自动恢复：保持到有人修改为止',
  'return.after': '{{time}}之后',

  'acts.evacuate': '撤离地域…',
  'acts.evacuateTitle': '撤离地域',
  'acts.evacuateDescription':
    '所有调用方优先使用右侧地域；只有在其他地域都无应答时才使用左侧地域。下一步填写原因与结束时间。',
  'acts.from': '要撤离的地域',
  'acts.to': '接管的地域',
  'acts.return': '从撤离中恢复…',
  'acts.returnTitle': '从撤离中恢复',
  'acts.returnDescription':
    '将规则恢复到撤离之前的状态。如果之后有人修改过规则，恢复会被拒绝。',
  'acts.returnSubmit': '恢复',
  'acts.notMadeHere':
    '此次撤离不在最近通过门户进行的变更之中，因此不知道之前的规则。请在“故障转移与流量分布”中设置所需的规则。',
  'acts.shift': '渐进转移…',

  'shift.title': '渐进转移请求',
  'shift.description':
    '左侧地域的请求逐步转移到右侧地域。每一步都是一次独立的变更；目标地域出现异常时会自动恢复。',
  'shift.steps': '步骤（百分比）',
  'shift.stepsHelp': '依次递增，例如 10, 25, 50, 100。',
  'shift.hold': '每步分钟数',
  'shift.holdHelp': '每一步观察多久之后进入下一步。',
  'shift.minReady': '低于此值即恢复：就绪 Pod（%）',
  'shift.minReadyHelp': '占目标地域 Pod 的比例。',
  'shift.minSuccess': '低于此值即恢复：成功请求（%）',
  'shift.minSuccessHelp': '需要指标。留空则不检查。',
  'shift.shownStep': '预测所针对的步骤',
  'shift.invalid': '无法以此开始转移',
  'shift.invalidAdvice': '请更正所指出的字段。',
  'shift.failed': '转移未能开始',
  'shift.start': '开始转移',
  'shift.progressTitle': '渐进转移',
  'shift.reached': '已达到 {{percent}} %',
  'shift.holds': '每步 {{seconds}} 秒',
  'shift.pause': '暂停…',
  'shift.pauseTitle': '暂停转移',
  'shift.pauseDescription':
    '转移停留在已达到的步骤。目标地域仍受监测：一旦异常，转移会自动恢复到之前的规则。',
  'shift.pauseSubmit': '暂停',
  'shift.resume': '继续…',
  'shift.resumeTitle': '继续转移',
  'shift.resumeDescription':
    '当前步骤的观察时间一到即进入下一步；如果已经到时间，则立即进入。',
  'shift.resumeSubmit': '继续',
  'shift.abort': '中止并恢复…',
  'shift.abortTitle': '中止转移',
  'shift.abortDescription': '规则恢复到第一步之前的状态。',
  'shift.abortSubmit': '中止',

  'export.open': '导出',
  'export.title': '导出此变更',
  'export.description':
    '以仓库文件和命令行形式导出此变更，可在没有门户的情况下执行。',
  'export.failed': '无法导出该变更',
  'export.copy': '复制',
  'export.copied': '已复制',
  'export.download': '下载',
  'export.commands': '命令',
  'export.removed': '不再有效的文件：{{files}}',
};
