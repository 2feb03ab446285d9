package demo

import (
	"math/rand/v2"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// All names are invented. Characters with more than one reading are avoided or listed in reading.
const (
	provinceName = "演示省"
	provinceEn   = "Demonstration Province"
	cityName     = "云岚市"
	countyName   = "澄岚县"
	countyStem   = "澄岚"
	mainRiver    = "澄江"
	southRiver   = "岚水"
)

func streetStems() []string { return []string{"望澜", "合溪", "临渚"} }

func townStems() []string {
	return strings.Fields("青石 云溪 鹿鸣 石梁 松岚 枫渡 龙鳞 竹沥 茶坞 雾岭 杉冲 岩前 桐湾 柳陂 银铃 白鹭 荷塘 金盆 乌石 玉泉 双江 花桥 古城 梅溪 桃林 清流 狮山 铁岭 栗坪 潭口 水车 灵官 麻溪 油溪 栖凤 仙槎 楠木 洪岩 太和 安坪 白沙 兰田 泥市 月山 鹤鸣 甘棠 板桥 石湾 秀峰 沙坪 罗市 虎岩 莲池 翠屏 碧洲 丹岩 霞溪")
}

func surnames() []string {
	return strings.Fields("张 李 王 刘 陈 杨 周 罗 谢 彭 唐 曹 邓 廖 蒋 肖 龚 谭 贺 易 文 康 欧阳 姚 胡 毛 郭 熊 夏 段 向 田 龙 何 丁 汤 江 沈 孙 方 袁 苏 蔡 戴 黎 潘 吴 宋 聂 钟 尹 余 袁 申 匡 曾")
}

// features of land for which villages are named.
func features() []string {
	return strings.Fields("枫树 樟树 竹山 茶园 石板 石桥 双江 金盆 白鹤 龙潭 黄泥 观音 马鞍 狮子 乌石 银杏 桐木 杉木 油茶 古塘 水口 月形 凤形 莲花 荷叶 桃花 梨树 板栗 青山 松柏 云台 仙人 铜锣 羊角 牛角 鸡公 鹰嘴 老虎 猫儿 磨刀 风车 碓屋 瓦窑 石灰 铁炉 油榨 土地 祠堂 牌楼 凉亭 烟竹 楠竹 芭茅 棕树 柏树 柳树 槐树 橘子 枣子 柿树 葛藤 芦苇 菖蒲 画眉 喜鹊 斑鸠 泉水 滴水 清水 浑水 沙子 岩门 石马 石牛 石鼓 石塔 天鹅 金鸡 玉兔 麒麟 朱砂 沙洲 白果 黄荆")
}

func mottoes() []string {
	return strings.Fields("太平 永兴 光明 团结 红旗 建新 联合 和平 幸福 新华 东风 胜利 前进 永安 长青 福兴 仁和 义兴 礼和 三合 五星 双合 大同 兴隆 富强 民主 先锋 新建 联盟 合心")
}

func valleyEnds() []string {
	return strings.Fields("湾 塘 田 垅 洲 桥 渡 铺 滩 园 井 坝 屋 院 港 圩 段 坪")
}
func hillEnds() []string {
	return strings.Fields("冲 坳 岭 坡 坪 洞 溪 山 界 岩 寨 排 垴 源 坑 垭")
}

func communityStems() []string {
	return strings.Fields("东门 西门 南门 北门 河街 学府 文昌 迎宾 人民路 解放路 建设路 滨江 澜桥 城南 城北 城东 城西 老街 新街 钟楼 鼓楼 文庙 体育路 花园 翠园 桂苑 兰苑 竹苑 梅苑 站前 工业园 科教 朝阳 春晖 和谐 金桥 银桥 双塔 凤凰 青云 紫薇 月湖 星湖 水厂 茶场 农科 橘园 望江 临江 渡口 码头 盐街 米市 牌坊 书院 状元 福星 安康 康宁 长乐 吉祥 锦绣 世纪 枫林 香樟 桂花")
}

func riverStems() []string {
	return strings.Fields("青 白 龙 石 沙 金 银 梅 松 竹 兰 桃 枫 麻 油 柳 清 洪 乌 紫 丹 甘 双 云 雾 雷 风 茅 芦 蒲 梓 桐 栗 楠 杉 樟 槐 鱼 龟 蛟 虎 鹿 马 牛 羊 鹤 鹭 燕 凤 泉 潭 岩 碧 翠 玉 珠 琴 鼓 磬 铜 铁")
}

func givenNames() []string {
	return strings.Fields("建国 志强 国华 春生 明辉 海波 文斌 小军 立新 光荣 德胜 永红 卫东 新民 家旺 宏伟 金山 秋生 长林 爱民 丽华 桂英 秀兰 玉梅 春梅 晓燕 艳红 冬英 翠云 腊梅 军 勇 伟 涛 斌 辉 鹏 亮 刚 峰 敏 芳 霞 静 娟 燕 萍 琳 洁 倩 思远 子豪 雨桐 梓轩 俊杰 浩然 诗涵 佳怡 志远 永祥")
}

// names hands out names, each once.
type names struct {
	r    *rand.Rand
	used map[string]bool
}

func newNames(seed int64) *names {
	return &names{r: chance(seed, "names"), used: map[string]bool{}}
}

// fresh draws names until one was not used before; when that gets hard, sides and sizes make new
// ones, as in life.
func (n *names) fresh(draw func() string) string {
	before := []string{"上", "下", "大", "小", "新", "老", "东", "西", "南", "北", "前", "后", "里", "外"}
	for tries := 0; ; tries++ {
		s := draw()
		for range min(tries/30, 3) {
			s = pick(n.r, before) + s
		}
		if !n.used[s] {
			n.used[s] = true
			return s
		}
	}
}

// shuffled is a list in random order.
func (n *names) shuffled(list []string) []string {
	out := make([]string, len(list))
	for k, at := range n.r.Perm(len(list)) {
		out[k] = list[at]
	}
	return out
}

// hamlet names a settlement by its families, its trees and stones, or a hope; hills and valleys
// have words of their own.
func (n *names) hamlet(hilly bool) string {
	ends := valleyEnds()
	if hilly {
		ends = hillEnds()
	}
	return n.fresh(func() string {
		switch v := n.r.IntN(10); {
		case v < 4:
			return pick(n.r, surnames()) + "家" + pick(n.r, ends)
		case v < 9:
			return pick(n.r, features()) + pick(n.r, ends)
		}
		return pick(n.r, mottoes())
	})
}

func (n *names) peak() string {
	return n.fresh(func() string {
		return pick(n.r, features()) + pick(n.r, []string{"峰", "岭", "山", "尖", "寨", "界", "垴"})
	})
}

func (n *names) river(area float64) string {
	end := []string{"溪", "溪", "冲"}
	if area > 60e6 {
		end = []string{"河", "水", "江"}
	} else if area > 18e6 {
		end = []string{"溪", "港", "河"}
	}
	tries := 0
	return n.fresh(func() string {
		if tries++; tries > 6 || area < 20e6 {
			return pick(n.r, features()) + pick(n.r, end)
		}
		return pick(n.r, riverStems()) + pick(n.r, end)
	})
}

// person names are common ones; the same may come twice.
func (n *names) person() string { return pick(n.r, surnames()) + pick(n.r, givenNames()) }

// reading corrects what a plain dictionary reads wrongly in these names.
func reading(r rune) string {
	switch r {
	case '长':
		return "chang"
	case '重':
		return "chong"
	case '乐':
		return "le"
	case '朝':
		return "chao"
	case '曾':
		return "zeng"
	case '石':
		return "shi"
	case '洞':
		return "dong"
	case '圩':
		return "xu"
	case '垴':
		return "nao"
	case '解':
		return "jie"
	case '和':
		return "he"
	case '行':
		return "xing"
	}
	if p := pinyin.SinglePinyin(r, pinyin.NewArgs()); len(p) > 0 {
		return p[0]
	}
	return string(r)
}

// latin writes a name in pinyin, as one word with a capital.
func latin(name string) string {
	var b strings.Builder
	for _, r := range name {
		b.WriteString(reading(r))
	}
	s := b.String()
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
