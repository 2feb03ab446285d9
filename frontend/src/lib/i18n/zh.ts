/** What the screen itself says in Chinese; names of layers, fields and choices come from the server. */
export const zh = {
  product: '一网四图',
  productLong: '应急指挥一网四图',
  demo: '演示数据，均为虚构',
  skip: { map: '跳到地图', rows: '跳到列表' },
  maps: {
    label: '四图切换', all: '全部', risk: '风险隐患图', material: '物资装备图', force: '防控力量图', command: '指挥调度图',
    short: { all: '全部', risk: '风险', material: '物资', force: '力量', command: '指挥' },
  },
  overview: {
    due: '待核实 {n}', fresh: '均已核实', open: '查看 {name} 的 {n} 条记录',
    none: '无', byArea: '分区划数量', enter: '进入 {name}',
  },
  scope: { trail: '当前位置' },
  legend: { title: '图例与筛选', hint: '点选即筛选', clear: '清除筛选', active: '已筛选', more: '更多条件', fewer: '收起', from: '从', to: '至', any: '不限', yes: '是', no: '否', absent: '另有 {n} 类无记录' },
  rows: {
    title: '列表', count: '{n} 条', none: '没有符合条件的记录', sort: '排序', sortName: '按名称', descending: '{name}（降序）',
    inView: '仅当前视野', loading: '正在读取…', failed: '读取失败', retry: '重试', layers: '图层', noPlace: '无位置', words: '搜索“{q}”',
  },
  exporting: {
    open: '导出', title: '导出列表', close: '关闭', cancel: '取消', rows: '与列表相同的 {n} 条', format: '格式', system: '坐标系', fixed: '此格式的坐标系固定为 WGS 84。', encoding: '字符编码',
    hint: '不含电话等敏感信息。未修改的文件再次导入不会产生变化；请勿改动“编号 ID”列。', download: '下载', sensitive: '包含电话等敏感信息', sensitiveHint: '文件含个人电话等信息，请妥善保管。此次导出会记入导出记录。', unchanged: '未修改的文件再次导入不会产生变化；请勿改动“编号 ID”列。', running: '正在导出…', done: '已导出 {n} 条：{name}',
  },
  card: {
    title: '详情', close: '关闭', locate: '在图上定位', copy: '复制链接', copied: '已复制', noPlace: '没有登记位置', confirmed: '{age}核实', by: '（{who}）', neverConfirmed: '未核实', due: '超过 {days} 天未核实',
    updated: '更新于 {time}', version: '第 {n} 版', empty: '未填', position: '位置 (WGS 84)', masked: '按权限隐藏', gone: '这条记录已不存在', goneHint: '可能已被删除，或不在本库中。', none: '无', call: '拨打',
  },
  search: { label: '搜索', placeholder: '名称、拼音或首字母', none: '没有找到“{q}”', rows: '筛选全部“{q}”', clear: '清除搜索', areas: '区划' },
  tree: { title: '指挥体系', contact: '上级联络', expand: '展开', collapse: '收起' },
  live: {
    live: '实时', delayed: '数据延迟', lost: '连接中断', connecting: '正在连接', asOf: '数据截至 {time}', lostLong: '与服务器的连接已中断，数据截至 {time}。正在重新连接…', regained: '连接已恢复，数据已更新',
  },
  measure: { title: '测量', distance: '测距', area: '测面积', stop: '结束测量', hint: '在图上点击取点，双击或回车结束，退格撤销一点', total: '总长', surface: '面积', perimeter: '周长', points: '{n} 个点', clear: '清除' },
  map: {
    label: '地图', zoomIn: '放大', zoomOut: '缩小', home: '回到全域', layers: '底图与显示', basemap: '底图', lowPower: '省电模式', lowPowerHint: '不画地形晕渲，降低清晰度，适合旧电脑',
    noWebgl: '本机浏览器不支持 WebGL2，无法显示地图。', noWebglHint: '列表、图例、详情和搜索仍可使用。请换用较新的浏览器，或打开显卡加速。', contextLost: '显卡连接中断，正在恢复地图…', scale: '比例尺', print: '打印', share: '复制本页链接', tilesFailed: '部分地图数据读取失败',
  },
  print: { title: '打印预览', print: '打印', asOf: '数据截至 {time}', filters: '筛选条件', rows: '清单（前 {n} 条，共 {total} 条）', noFilter: '无', map: '返回地图', confirmed: '最近核实', name: '名称', page: '本图仅供应急指挥工作使用' },
  help: { title: '键盘快捷键', open: '快捷键', close: '关闭', keys: { search: '搜索', maps: '切换四图', rows: '在列表中移动', open: '打开详情', close: '关闭详情或返回上一级', measure: '测距 / 测面积', print: '打印预览', home: '回到全域', zoom: '地图缩放与平移（焦点在地图上）', help: '显示本页' }, on: '启用单键快捷键' },
  settings: { dark: '深色', light: '浅色', language: '语言' },
  sheet: { open: '展开面板', close: '收起面板', overview: '总览', legend: '图例', rows: '列表', tree: '体系', due: '待核实' },
  first: {
    title: '数据库是空的', lead: '还没有任何区划和点位。请在服务器上运行下列命令之一，数据到达后本页会自动更新。', demo: '先看看演示区县（虚构数据，可随时移除）', areas: '导入本地区划（GeoJSON 或 Shapefile 压缩包）', roads: '导入道路、水系和地名（OpenStreetMap 数据）',
    layer: '导入台账（GeoJSON、CSV、XLSX 或 Shapefile）', copy: '复制', layersTitle: '可以导入的图层', then: '全部导入后，本页就是您的四图。', noDistrict: '有 {n} 条点位，但没有区划。请先导入区划，才能按乡镇和村查看。',
  },
  account: {
    title: '我的账号', of: '账号：{name}', name: '用户名', password: '密码', signIn: '登录', signOut: '退出登录', everywhere: '全域', demo: '演示账号（点一下即登录）',
    noAdministrator: '还没有管理员。请在服务器上运行：', again: '登录已失效', againHint: '请重新登录，页面上的内容不会丢失。', mustChange: '管理员为您设置了临时密码，请先修改。',
    present: '当前密码', next: '新密码（至少 10 个字符）', nextAgain: '再输一次新密码', change: '修改密码', changed: '密码已修改，其他设备上的登录已失效', differ: '两次输入的新密码不同',
    refused: { no_account: '此统一认证身份没有对应的账号，请联系管理员', account_disabled: '账号已停用，请联系管理员', oidc_unavailable: '统一认证服务暂不可用', demo_elsewhere: '演示账号只能在服务器本机使用', other: '登录未成功，请重试' },
  },
  people: {
    title: '人员管理', back: '返回地图', add: '添加人员', name: '姓名', post: '职务', phone: '电话', account: '用户名', oidc: '统一认证用户名', rights: '权限', save: '保存', cancel: '取消',
    role: '角色', area: '行政区划（代码，空为全域）', give: '授权', take: '收回“{right}”', disable: '停用', enable: '启用', disabled: '已停用', reset: '重置密码', remove: '移除', sure: '确定移除 {name}？历史记录保留。',
    temporary: '临时密码（只显示这一次）：', unknownArea: '没有代码为 {code} 的行政区划', sessions: '登录中的设备', none: '没有', end: '下线', all: '全域', count: '{n} 人', demo: '演示', seen: '最近使用 {time}', password: '{name} 的',
  },
  ui: { close: '关闭', cancel: '取消', clear: '清除', choose: '请选择', nothing: '没有找到' },
  freshness: {
    title: '核实情况', fade: '按核实时间淡化', confirm: '确认：仍属实', confirmNamed: '确认“{name}”仍属实', done: '已确认', doneNamed: '已确认：{name}', changed: '此记录刚被他人修改，请看过最新内容后再确认', state: '状态', last: '最近核实', period: '核实周期', accuracy: '位置精度', unknown: '未记录', days: '{n} 天',
    age: { fresh: '在周期内', soon: '即将到期', due: '已到期', never: '从未核实', none: '不需核实' }, soonHint: '即将到期',
    due: '待核实', toConfirm: '条待核实', way: '全程 {length}', next: '下一处 {first}', afterNext: '，再下一处 {second}', fromHere: '从我的位置', fromMap: '从地图中心', noPosition: '无法获得位置，已改用地图中心', nothing: '没有需要核实的记录', more: '只列出最近的 {n} 条', share: '核实率', shareHint: '{of} 条中有 {n} 条在核实周期内', counts: '数量', neverShort: '从未', byArea: '分区划核实率', all: '合计',
  },
  manage: {
    title: '系统设置', periods: '核实周期', periodsLead: '超过周期未核实的记录即为“已到期”。留空的类别按图层周期计算；0 表示不需核实。修改立即生效。', others: '其余类别', unit: '天', saved: '已保存', reset: '“{kind}”改按图层周期', badDays: '应为 0–{most} 的整数', periodHistory: '周期修改记录', unchanged: '还没有修改过', asOthers: '按图层周期',
    exports: '导出记录', noExports: '还没有导出过文件', allRows: '全部记录', sensitive: '含敏感信息',
  },
  peopleHistory: {
    title: '变更记录', none: '没有记录', by: '操作人 {who}', was: '：', more: '更早的记录', person: { insert: '添加人员', update: '修改人员', delete: '删除人员' }, account: { insert: '建立账号', update: '修改账号', delete: '删除账号' }, person_grant: { insert: '授权', update: '修改授权', delete: '收回授权' },
    field: { name: '姓名/用户名', post: '职务', phone: '电话', oidc_name: '统一认证用户名', oidc_subject: '统一认证身份', password_at: '密码已重设', must_change: '须修改密码', disabled_at: '停用时间', deleted_at: '移除时间', person_id: '人员' },
  },
  files: {
    title: '照片和文件', show: '查看照片：{name}', none: '还没有照片或文件', hidden: '另有 {n} 个文件，需“查看敏感信息”权限', camera: '拍照', add: '添加照片或文件', dropHere: '或拖到此处', viewer: '查看照片', previous: '上一张', next: '下一张', original: '下载原图',
    taken: '拍摄于 {time}', addedAt: '添加于 {time}', distance: '拍摄位置距此点 {m}', unplaced: '照片没有位置信息', delete: '删除 {name}', deleteTitle: '删除文件', deleteText: '删除“{name}”？30 天内可以恢复。', deleteAction: '删除', deleted: '已删除“{name}”', undo: '撤销',
    failed: '没有传完，请检查网络后重试', accept: '属于此点，仍然添加', drop: '移除 {name}',
  },
  noSuchPage: { title: '没有这个页面', hint: '网址可能写错了，或页面已被移除。' },
  error: { network: '无法连接服务器', unavailable: '服务器暂时不可用，正在重试', retry: '重试' },
}
