/** Chinese, the first language: every key is defined here, English follows its shape. */
import { zhChanges } from './zh_changes'

export const zh = {
  app: { name: '区名', tagline: '区划地名与界线登记', title: '区名 · 区划地名与界线登记' },
  common: {
    close: '关闭', cancel: '取消', confirm: '确定', save: '保存', back: '返回', retry: '重试', loading: '正在载入…',
    none: '无', more: '更多', unexpected: '页面出现意外错误，请刷新后重试。', yes: '是', no: '否', copy: '复制',
    copied: '已复制', reason: '理由', unknown: '不详', mu: '亩', optionalLabel: '{label}（选填）', showMore: '载入更多',
  },
  nav: { map: '地图', requests: '申请', releases: '发布', imports: '导入', account: '我的', signIn: '登录', signOut: '退出登录', language: 'English', main: '主导航' },
  role: {
    surveyor: '外业测绘', clerk: '镇街经办', reviewer: '科室审核', approver: '审批人', publisher: '发布人',
    administrator: '管理员', everywhere: '全区',
  },
  signin: {
    heading: '登录工作台', login: '账号', password: '密码', submit: '登录', empty: '请填写账号和密码。',
    lead: '编辑界线、办理申请、发布成果需要登录；查看已发布的地图不需要。', browse: '不登录，只看已发布的地图',
    pitch1: '一条界线只存一次，两侧同时改变', pitch2: '改动先比对、再审批，前后面积一目了然', pitch3: '每次发布都可追溯、可校验、可下载',
  },
  level: { 1: '省级', 2: '地级', 3: '县级', 4: '乡级', 5: '村级' },
  lineLevel: { 1: '省级界', 2: '市级界', 3: '区县界', 4: '镇街界', 5: '村社区界' },
  type: {
    province: '省', city: '地级市', district: '市辖区', county: '县', county_level_city: '县级市', town: '镇', township: '乡',
    subdistrict: '街道', village: '行政村', community: '社区',
  },
  map: {
    label: '区划地图', release: '已发布', working: '工作状态', source: '地图内容', workingNeedsSignIn: '工作状态只对登录人员开放，请先登录。',
    layers: '图层', zoomIn: '放大', zoomOut: '缩小', whole: '全区范围', noRelease: '还没有发布过成果，登录后可查看工作状态。',
    noReleaseStaff: '还没有发布过成果，现在显示的是工作状态。',
    releaseNo: '第 {version} 版', asOf: '截至 {date}', note: '图上界线不作为划界依据', invented: '界线为示意，不作划界依据', empty: '登记中还没有区划数据，请管理员先导入。', expand: '展开面板', collapse: '收起面板',
    layer: { towns: '镇街底色', villages: '村社区', lines: '界线', labels: '名称注记', names: '地名' },
    legend: { 3: '区界', 4: '镇街界', 5: '村社区界' },
  },
  search: {
    placeholder: '搜索名称或代码', clear: '清除', results: '搜索结果', empty: '没有找到“{q}”。可试试名称中的一两个字，或代码的前几位。',
    match: { exact: '同名', prefix: '前缀', contained: '包含', code: '代码' }, historical: '已撤销', placeName: '地名',
  },
  card: {
    code: '代码', noCode: '未公布', type: '类型', level: '级别', parent: '隶属', pinyin: '拼音', area: '图上量算面积（椭球）', since: '现状起始',
    until: '终止', history: '沿革', noHistory: '没有登记的变更。', predecessors: '由来', successors: '去向', exact: '整体并入', part: '部分划入',
    rename: '更名', children: '下辖', zoom: '在图上显示', external: '相邻区划，不在本登记范围内', notFound: '登记中没有这个单位。', kilo: '平方千米',
    approved: '批准', document: '文号', authority: '批准机关', effective: '{date} 起', initial: '首次登记',
  },
  event: {
    found: '设立', merge: '合并', split: '拆分', transfer: '划转', rename: '更名', recode: '代码变更', reparent: '隶属变更',
    reclass: '建制变更', seat: '驻地迁移', boundary: '界线变更', correct: '更正', abolish: '撤销', load: '首次登记', edition: '版本登记',
  },
  change: { name: '名称', code: '代码', type: '类型', parent: '隶属', shape: '界线', state: '状态' },
  edit: {
    start: '编辑界线', heading: '编辑共用界线', done: '退出编辑', whySignIn: '编辑界线需要登录。', whyRole: '您的账号没有外业测绘或镇街经办的权限，不能起草界线改动。',
    whyArea: '这个单位不在您的管辖范围内。', whyZoom: '当前范围太大，请放大到镇街范围再编辑。', loading: '正在载入这一范围的界线…', loadHere: '载入当前范围', level: '界线级别',
    pick: '在图上点选一条界线，或从下面选择：', lines: '可编辑的界线', noLines: '这一范围内没有可以编辑的界线，请移动地图后重新载入。',
    outside: '区外', outerWhy: '区界涉及相邻区县，须另行报批，这里不能改动。', chosen: '正在编辑', another: '另选一条', between: '{a} — {b}',
    mode: '操作', move: '移动', place: '定位', placeHere: '放在这里', hintPlace: '点一个顶点，再移动地图，让十字对准新位置。', north: '向北微调', south: '向南微调', west: '向西微调', east: '向东微调', insert: '加点', delete: '删点', undo: '撤销', redo: '重做', nothingToUndo: '没有可以撤销的操作。', nothingToRedo: '没有可以重做的操作。',
    hintMove: '拖圆点移动顶点；拖方块，相连的界线一起动。', hintInsert: '在线上点一下加一个顶点，按住可拖到位置。', hintDelete: '点圆点删除一个顶点；方块是交会点，不能删除。',
    areas: '两侧面积变化', noChange: '还没有改动。拖动顶点后，这里显示各单位增减的面积。', balance: '增减相抵', count: '{n} 处改动', live: '松手后生效',
    toRequest: '填写申请', leave: '还有未保存的改动，确定放弃吗？', leaveTitle: '放弃改动', leaveOk: '放弃', keep: '继续编辑', refused: '这样改不行',
    tooLarge: '这一范围的界线超过 3000 段，请放大后再载入。', stale: '草稿中有 {n} 处改动与最新登记对不上，没有载入。',
  },
  fault: {
    arc_gone: '这段界线已不存在，请重新载入。', arc_changed: '{names} 之间的界线已被改动，请重新载入。', node_gone: '这个交会点已不存在，请重新载入。',
    bad_vertex_range: '改动的位置超出了界线。', node_kept: '交会点由几条界线共有，不能删除，只能移动。',
    subgraph_incomplete: '{names} 的界线没有全部载入，请先载入当前范围。', arc_degenerate: '{names} 之间的界线会缩成一点或一线。',
    arc_crosses_itself: '{names} 之间的界线与自身相交。', arc_crosses: '界线碰到或穿过了另一条界线（涉及 {names}）；两条界线只能在交会点相接。',
    dangling_end: '界线在这里中断了。', enclave_swallowed: '界线越过了 {names} 的飞地或另一段界线。', face_invalid: '{names} 会内外颠倒，不再是合法的面。',
    face_vanished: '{names} 会失去全部面积。', outer_changed: '这会改变区的外界，须另行报批。',
  },
  draft: {
    heading: '起草申请', title: '标题', titleHint: '例如：校正兴义镇与普兴街道界线', reason: '理由与依据', reasonHint: '写明依据的文件、实地勘测情况', defaultTitle: '校正{a}与{b}界线',
    save: '保存草稿', check: '检查', submit: '提交审批', saved: '草稿已保存。', submitted: '已提交，等待审批。', checks: '检查结果', allGood: '检查通过，没有发现问题。',
    needTitle: '请填写标题。', needReason: '请填写理由。', needChange: '还没有任何改动。', fix: '有 {n} 个错误，改正后才能提交。', place: '在图上查看', backToEdit: '返回修改',
    confirm: '提交后不能再改动，由审批人决定。', confirmTitle: '提交审批', conflicts: '{n} 处与最新登记冲突',
  },
  severity: { error: '错误', warning: '警告', information: '提示' },
  rename: {
    heading: '更名', current: '现名', name: '新名称', romanization: '拼音', romanizationHint: '留空则由系统按标准读音给出', reason: '理由与依据', submit: '起草更名申请',
    same: '新名称与现名相同。', empty: '请填写新名称。', defaultTitle: '{a}更名为{b}',
  },
  changes: zhChanges,
  requests: {
    heading: '变更申请', all: '全部', mine: '我起草的', decide: '待我审批', empty: '没有符合条件的申请。', emptyLead: '在地图上选“编辑界线”起草一件界线更正。',
    number: '编号', by: '{name} 起草', updated: '{time} 更新', state: '状态', anyState: '所有状态', whichever: '范围',
  },
  state: {
    draft: '草稿', submitted: '待审批', approved: '已批准', in_force: '已生效', returned: '已退回', rejected: '不予批准', withdrawn: '已撤回',
  },
  request: {
    kind: { boundary_correction: '界线更正', boundary_change: '界线变更', division_change: '区划变更' }, effective: '生效日期', onApproval: '批准之日', number: '申请 {number}', by: '起草人', created: '起草时间', touched: '涉及单位', reason: '理由与依据', documentNo: '文号',
    preview: '改动前后', before: '改前', after: '改后', swipe: '左右对比', view: '显示', pieces: '划转的地块', piece: '{from} → {to}', areas: '面积变化', unit: '单位', areaBefore: '改前', areaAfter: '改后',
    gained: '增加', lost: '减少', change: '净变化', sum: '合计', ellipsoidal: '面积按 CGCS2000 椭球量算：上行平方米，下行亩', names: '名称变更', log: '办理过程', checks: '检查结果', conflict: '与最新登记冲突',
    conflictLine: { base: '起草时的界线', theirs: '现在登记的界线', mine: '这件申请要的界线' }, conflictLead: '起草之后登记已有变化，请起草人在最新界线上重新修改。', noShape: '这件申请不改变界线。', edit: '继续编辑', decidedBy: '审批人', hash: '内容指纹',
    submit: '提交审批', approve: '批准', return: '退回修改', reject: '不予批准', withdraw: '撤回申请', whyNot: '当前状态或您的权限不能执行这一操作。', whyOwn: '不能审批自己起草的申请。',
    confirmSubmit: '提交后内容冻结，由审批人决定。', confirmApprove: '批准后立即生效：两侧界线同时改变，并写入登记和审计记录。', confirmReturn: '退回后由起草人修改，可以再次提交。', confirmReject: '不予批准后这件申请结束，不能再办理。',
    confirmWithdraw: '撤回后这件申请结束，不能再办理。', needReason: '请写明理由。', needDocument: '请填写批准文号。', confirmApproveOn: '批准后自{date}起生效，并写入登记和审计记录。', done: { submit: '已提交。', approve: '已批准并生效。', return: '已退回。', reject: '已作不予批准处理。', withdraw: '已撤回。' },
    swipeHandle: '拖动分界线比较改动前后', legend: '图例', swipeBefore: '← 改前', swipeAfter: '改后 →', nothing: '这件申请里还没有改动。', noPicture: '登记此后又有变化，这里不再重画改动前后；现状请看地图。',
  },
  log: {
    create: '起草', created: '起草', edit: '修改内容', operations: '修改内容', submit: '提交', return: '退回', approve: '批准', apply: '生效', reject: '不予批准', withdraw: '撤回',
  },
  releases: {
    heading: '成果发布', build: '发布新版本', note: '版本说明', noteHint: '本版包含的主要变化', whyRole: '只有发布人可以发布新版本。', whySignIn: '发布需要登录。', building: '正在生成切片与数据包…',
    built: '新版本已发布。', failed: '发布没有成功：{message}', list: '历次版本', version: '第 {version} 版', asOf: '登记截至', published: '发布时间', hash: '内容指纹', latest: '最新', empty: '还没有发布过成果。',
    changes: '本版变化', noChanges: '没有登记变更。', layers: '图层', artifacts: '文件', name: '文件名', size: '大小', sha: 'SHA-256', share: '分享页', shareLead: '任何人可以打开的只读地图页', download: '下载', audience: { public: '公开', department: '部门', internal: '内部' },
    shapefile: '下载 Shapefile', shapefileLead: '坐标系 CGCS2000（EPSG:4490），附字段说明。', layer: { districts: '区县', towns: '镇街', villages: '村社区', boundary_lines: '界线', place_names: '地名', labels: '注记点' },
    utf8: 'UTF-8', gbk: 'GBK', preparing: '正在导出…', ready: '文件已就绪，已开始下载。', readyWithLosses: '文件已就绪；有 {n} 处文字超出 GBK，见包内附表。', exportFailed: '导出没有成功：{message}', confirmBuild: '将以当前登记生成一个不可更改的新版本，公开图层随即更新。', buildTitle: '发布新版本', whichLayer: '图层', tiles: '切片地址',
    gbkHint: '较老的软件选 GBK；超出 GBK 的字会列在附表中。', exportNeedsSignIn: '下载 Shapefile 需要登录。',
  },
  imports: {
    heading: '数据导入', lead: '上传一套完整的区划面数据（Shapefile 压缩包），先看系统理解了什么，再确认入库。', choose: '选择文件（.zip 或 Shapefile 各文件）', door: '导入方式', first_load: '首次登记', edition: '版本登记',
    upload: '上传并检查', files: '已选 {n} 个文件', preview: '系统的理解', rows: '条数', crs: '坐标系', encoding: '编码', level: '级别', fields: '字段', arcs: '界线段', faults: '发现的问题', noFaults: '没有发现问题。', confirm: '确认入库', validFrom: '生效日期', source: '数据来源', documentNo: '依据文号',
    sign: '第二人签认', whyRole: '只有管理员可以导入数据。', cannot: '还有问题或待确认事项没有解决，不能入库。', needSource: '请填写生效日期和数据来源。', confirmed: '已确认，等待第二人签认。', signed: '已签认，数据已入库。', signConfirm: '签认后数据整体写入登记，不能撤销。', moreFaults: '另有 {n} 处', needFiles: '请先选择文件。', unknownCrs: '未识别', signHint: '须由确认人以外的另一人核对后签认。',
    assumptions: '假定事项', accept: '确认', rechecked: '已按您的确认重新检查。',
    field: { code: '代码', name: '名称', parent_code: '上级代码', parent_name: '上级名称', level: '级别', type: '类型', pinyin: '拼音' },
    states: { uploaded: '已上传', checked: '待确认', refused: '未通过检查', confirmed: '待签认', applied: '已入库', cancelled: '已取消' },
  },
  notFound: { heading: '没有这个页面', lead: '地址可能写错了，或页面已经移走。', home: '回到地图' },
}

export type Messages = typeof zh
