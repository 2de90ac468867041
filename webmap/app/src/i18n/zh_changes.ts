/** 区划变更：起草面板和申请页上与之有关的文字。 */
export const zhChanges = {
  heading: '{name} · 区划变更', start: '区划变更', kindLabel: '变更类型', draft: '起草申请', add: '加入方案', refused: '这项变更没有加入。',
  plan: '写入', newPlan: '新的申请', effective: '生效日期', effectiveHint: '留空为批准之日；可以是将来的日期', type: '类型', name: '名称', address: '驻地地址',
  place: '在图上点选驻地', placeNone: '未选位置', heir: '{name} 划归', overlaps: '另有 {n} 件未办结的申请涉及这里，请先看一看：', sameLine: '同一条界线',
  whyArea: '这个单位不在您的管辖范围内。',
  kind: {
    merge: '并入本单位', transfer: '整体划转', split: '析出新单位', transfer_part: '划出一部分', convert: '改建制', reclass: '改类型', establish: '合并新设',
    abolish: '撤销', move_seat: '迁移驻地',
  },
  lead: {
    merge: '把其他单位并入本单位：本单位保留，被并入的撤销，其代码不再使用。', transfer: '整个单位改归另一上级管辖，界线不动，代码重编。',
    split: '在图上画线或画圈，把其中一块设为新单位。', transfer_part: '在图上画线或画圈，把其中一块划给相邻单位。', convert: '撤销原单位，以同一辖区设立新建制（如撤镇设街道、撤县设区）。',
    reclass: '村与社区之间改类型，单位延续，代码重编。', establish: '撤销所选单位，以其全部辖区设立一个新单位。', abolish: '撤销本单位，逐一说明辖区划归何处。',
    move_seat: '登记新的驻地；跨下一级单位的才算驻地迁移。',
  },
  others: { merge: '并入的单位', establish: '撤销并合入的单位' },
  to: { transfer: '新的上级', transfer_part: '划给', abolish: '辖区划归' },
  cut: {
    idle: '先画出分界，再点出所指的一块。', drawing: '在图上依次点击，双击或按“画完”结束；线的两端画到界外即可。', inside: '在图上点一下所指的那一块。',
    done: '已划定。再点可以改换所指的一块。', line: '画线', ring: '画圈', undo: '退一点', finish: '画完', restart: '重画',
  },
  missing: {
    others: '请选择单位。', to: '请选择去向。', cut: '请先在图上划定。', name: '请填写名称。', type: '请选择类型。', place: '请在图上点选位置。', heirs: '请说明每个下级单位划归何处。',
  },
  title: {
    merge: '{b}并入{a}', transfer: '{a}划归{to}管辖', split: '从{a}析出{name}', transfer_part: '{a}部分区域划归{to}', convert: '撤销{a}设立{name}',
    reclass: '{a}改为{type}', establish: '{a}、{b}合并设立{name}', abolish: '撤销{a}', move_seat: '{a}驻地变更',
  },
  codes: '代码', codesLead: '按规则拟定的代码，请核对；确认后写入申请。', confirmCodes: '确认代码', codesConfirmed: '代码已写入申请。', codeBefore: '原代码', codeAfter: '新代码', codeProposed: '拟定', codeOk: '已确认', codeMissing: '须填写',
  operations: '变更内容', undoLast: '撤销最后一项', undone: '已撤销最后一项。', operation: {
    reshape: '调整界线', move_node: '移动交会点', insert_vertex: '加点', move_vertex: '移点', delete_vertex: '删点', rename: '更名', recode: '确认代码', merge: '合并', transfer: '整体划转', split: '析出', transfer_part: '部分划转',
    convert: '改建制', reclass: '改类型', establish: '设立', abolish: '撤销', move_seat: '驻地', set_line: '界线属性', found_line: '命名界线', put_marker: '设置界桩', move_marker: '移动界桩', remove_marker: '撤除界桩', set_tripoint: '三交点',
  },
  founded: '设立', ended: '撤销', lineage: '沿革去向', whole: '整体', part: '部分', people: '{n} 人',
}
