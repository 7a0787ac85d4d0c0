package demo

import (
	"math/rand/v2"
	"strings"
)

// Parts of invented names. Nobody is meant.
var (
	surnames = strings.Fields("王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 袁 潘 蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖 贾 夏 韦 付 方 白 邹 孟 熊 秦 邱 江 尹 薛 闫 段 雷 侯 龙 史 陶 黎 贺 顾 毛 郝 龚 邵 万 钱 严 覃 武 戴 莫 孔 向 汤 欧阳 司马 上官 诸葛")
	given    = strings.Fields("伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 建华 文 晓东 志强 海燕 雪梅 子涵 浩然 宇轩 梓萱 一诺 思远 嘉怡 俊杰 欣怡 诗涵 天佑 若曦 国栋 春梅 玉兰 永康 德明 家豪 雨桐 明哲 佳琪 晨曦")
	longName = strings.Fields("阿卜杜勒·买买提江 古丽娜尔·阿不都热合曼 迪力木拉提·吐尔逊 扎西·顿珠 乌云·其其格")
	cities   = strings.Fields("上海 杭州 南京 广州 深圳 北京 天津 宁波 苏州 青岛 大连 厦门")
	trades   = strings.Fields("示例投资 示例贸易 示例物产 示例粮油 示例钢铁 示例化工 示例资产管理 示例实业")
	risks    = []string{"低", "中低", "中", "中高"}
)

func one(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func personName(r *rand.Rand) string {
	if r.IntN(60) == 0 {
		return one(r, longName)
	}
	return one(r, surnames) + one(r, given)
}

func companyName(r *rand.Rand, cust string) string {
	name := one(r, cities) + one(r, trades)
	switch cust {
	case "3":
		return name + one(r, strings.Fields("稳健一号 量化二号 趋势三号 对冲五号")) + "资产管理计划"
	case "4":
		return name + "合伙企业（有限合伙）"
	}
	return name + "有限公司"
}
