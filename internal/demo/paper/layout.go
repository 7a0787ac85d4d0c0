package paper

import (
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"strings"
)

// A4 at 150 dots an inch, and an identity card at 300.
const (
	pageW, pageH = 1240, 1754
	cardW, cardH = 1012, 638
	margin       = 130
)

// layout draws one page (counted from 0) of a kind of document.
type layout func(d Doc, page int, r *rand.Rand) *canvas

// layouts by material code; the rest are forms.
var layouts = map[string]layout{
	"1101": idFront, "1203": idFront,
	"1102": idBack,
	"1103": headshot, "1204": headshot,
	"1104": passport, "1105": passport,
	"1107": signatureSheet,
	"1201": licence,
	"2101": contract, "2102": contract, "5101": contract, "6101": contract,
	"2103": statement, "3102": statement, "5102": statement, "1202": statement, "3105": statement,
	"3101": questionnaire, "3202": questionnaire,
}

// drawPage draws a page of d with its watermark.
func drawPage(d Doc, page int) *image.RGBA {
	r := rand.New(rand.NewPCG(d.Seed, uint64(page)))
	draw, ok := layouts[d.Code]
	if !ok {
		draw = form
	}
	c := draw(d, page, r)
	c.watermark()
	return c.RGBA
}

var cream = color.RGBA{252, 251, 246, 255}

func blank(r *rand.Rand) *canvas { return newCanvas(pageW, pageH, cream, r) }

func day(r *rand.Rand) string {
	return fmt.Sprintf("20%02d 年 %d 月 %d 日", 15+r.IntN(11), 1+r.IntN(12), 1+r.IntN(28))
}

// masked hides the middle of a number, as copies for the file do.
func masked(s string) string {
	if len(s) < 12 {
		return s
	}
	return s[:6] + strings.Repeat("*", max(2, len(s)-10)) + s[len(s)-4:]
}

func idFront(d Doc, _ int, r *rand.Rand) *canvas {
	c := newCanvas(cardW, cardH, color.RGBA{224, 236, 240, 255}, r)
	c.box(6, 6, cardW-12, cardH-12, 3, grey)
	rows := []struct{ label, value string }{
		{"姓名", d.Name},
		{"性别", []string{"男", "女"}[r.IntN(2)] + "    民族  汉"},
		{"出生", fmt.Sprintf("19%02d 年 %d 月 %d 日", 50+r.IntN(50), 1+r.IntN(12), 1+r.IntN(28))},
		{"住址", "示例省示例市示例路" + fmt.Sprint(1+r.IntN(300)) + "号"},
	}
	for i, row := range rows {
		y := 110 + i*88
		c.text(70, y, 30, blue, row.label)
		c.text(160, y, 36, black, row.value)
	}
	c.portrait(700, 70, 250, 330)
	c.text(70, 560, 30, blue, "公民身份号码")
	c.text(300, 562, 42, black, masked(d.IDNo))
	return c
}

func idBack(d Doc, _ int, r *rand.Rand) *canvas {
	c := newCanvas(cardW, cardH, color.RGBA{238, 232, 226, 255}, r)
	c.box(6, 6, cardW-12, cardH-12, 3, grey)
	c.ellipse(150, 160, 90, 90, red)
	c.ellipse(150, 160, 78, 78, color.RGBA{250, 240, 225, 255})
	c.star(150, 150, 46, red)
	c.center(610, 140, 58, black, "示例证件")
	c.center(610, 225, 46, black, "居民身份证（示例）")
	c.text(130, 440, 32, blue, "签发机关")
	c.text(300, 440, 36, black, "示例市公安局示例分局")
	c.text(130, 530, 32, blue, "有效期限")
	y := 2010 + r.IntN(12)
	c.text(300, 530, 36, black, fmt.Sprintf("%d.%02d.%02d-%d.%02d.%02d", y, 1+y%12, 1+y%28, y+20, 1+y%12, 1+y%28))
	return c
}

func headshot(_ Doc, _ int, r *rand.Rand) *canvas {
	c := newCanvas(900, 1200, color.RGBA{226, 234, 242, 255}, r)
	c.portrait(0, 0, 900, 1200)
	return c
}

func passport(d Doc, _ int, r *rand.Rand) *canvas {
	c := newCanvas(cardW*3/2, cardH*3/2, color.RGBA{233, 226, 240, 255}, r)
	c.box(10, 10, cardW*3/2-20, cardH*3/2-20, 3, grey)
	c.center(cardW*3/4, 90, 52, black, d.Title)
	c.portrait(60, 140, 360, 480)
	for i, s := range []string{"姓名 Name", d.Name, "证件号码 No.", masked(d.IDNo), "国籍 Nationality", "示例 SAMPLE", "签发日期 Issued", day(r)} {
		size, ink := 28.0, color.Color(blue)
		if i%2 == 1 {
			size, ink = 40, black
		}
		c.text(480, 180+i*62, size, ink, s)
	}
	c.text(60, 820, 38, black, "P<SAMPLE<<SHILI<<<<<<<<<<<<<<<<<<<<<<<<<<<<<")
	c.text(60, 890, 38, black, fmt.Sprintf("E%08d<8CHN<<<<<<<<<<<<<<<<<<<<<<<<<<<<%02d", r.IntN(100_000_000), r.IntN(100)))
	return c
}

func head(c *canvas, d Doc, title string) int {
	c.center(pageW/2, 190, 52, black, title)
	c.text(margin, 270, 26, black, "账号 "+d.AccountNo+"    客户 "+d.Name+"    营业部 "+d.Dept)
	c.fill(margin, 300, pageW-2*margin, 3, black)
	return 370
}

var clauses = []string{
	"甲方委托乙方进行期货交易，乙方接受甲方委托，按照甲方的交易指令为甲方进行期货交易，并承担相应的义务。",
	"甲方应当如实提供身份资料，并在资料发生变更时及时通知乙方；因资料不实造成的后果由甲方承担。",
	"乙方应当按照规定对甲方的保证金实行分账管理，为甲方保守商业秘密，不得挪用甲方的资金。",
	"期货交易具有高风险，甲方应当充分了解交易规则，审慎决策，独立承担交易的结果。",
	"甲方可以通过书面、电话、互联网等方式下达交易指令，指令一经成交即对双方有效。",
	"乙方应当在每个交易日收市后为甲方提供结算报告，甲方有异议的应当在下一交易日开市前提出。",
	"当甲方的风险率超过约定的标准时，乙方有权要求追加保证金或者对部分持仓进行处理。",
	"本示例文本中的人名、号码和日期均为虚构，仅用于演示，不具有任何效力。",
}

func contract(d Doc, page int, r *rand.Rand) *canvas {
	c := blank(r)
	y := head(c, d, strings.TrimSuffix(d.Title, "（纸质签署页）"))
	if page < max(1, d.Pages)-1 {
		for i := 0; y < pageH-260; i++ {
			c.text(margin, y, 30, black, fmt.Sprintf("第 %d 条", page*10+i+1))
			y = c.paragraph(margin, y+50, pageW-2*margin, 28, clauses[(i+page*3+int(d.Seed%7))%len(clauses)]) + 24
		}
	} else {
		y = c.paragraph(margin, y, pageW-2*margin, 30, "双方已经阅读并理解本合同的全部内容，自愿签署如下。"+clauses[7])
		for i, who := range []string{"甲方（签字）", "乙方（盖章）"} {
			top := y + 120 + i*420
			c.text(margin, top, 34, black, who)
			c.fill(margin+260, top+12, 560, 2, black)
			c.text(margin, top+120, 30, black, "日期  "+day(r))
			if i == 0 {
				c.signature(float64(margin+290), float64(top-110), 420, 130)
			} else {
				c.seal(float64(margin+520), float64(top-20), 140, "示例期货有限公司")
			}
		}
	}
	c.center(pageW/2, pageH-90, 24, grey, fmt.Sprintf("第 %d 页  共 %d 页", page+1, max(1, d.Pages)))
	return c
}

func statement(d Doc, page int, r *rand.Rand) *canvas {
	c := blank(r)
	y := head(c, d, d.Title)
	for i := range 5 {
		y = c.paragraph(margin, y, pageW-2*margin, 30, fmt.Sprintf("%d、", page*5+i+1)+clauses[(i*3+int(d.Seed%5))%len(clauses)]) + 26
	}
	c.text(margin, y+60, 32, black, "本人已经阅读并完全理解上述内容，自愿承担风险。")
	c.text(margin, y+190, 34, black, "客户签字")
	c.signature(float64(margin+190), float64(y+90), 380, 130)
	c.text(margin+640, y+190, 30, black, day(r))
	return c
}

func questionnaire(d Doc, page int, r *rand.Rand) *canvas {
	c := blank(r)
	y := head(c, d, d.Title)
	questions := []string{"您的主要收入来源是", "您可用于期货投资的资金占比", "您的投资经验", "您能够承受的最大损失", "您计划的投资期限", "您对期货交易规则的了解程度"}
	answers := [][]string{{"工资", "经营所得", "投资收益"}, {"低于一成", "一成至三成", "三成以上"}, {"没有", "一至三年", "三年以上"}, {"不能承受", "少量损失", "较大损失"}, {"一年以内", "一至三年", "三年以上"}, {"不了解", "了解", "熟悉"}}
	for i, q := range questions {
		c.text(margin, y, 32, black, fmt.Sprintf("%d. %s", page*6+i+1, q))
		chosen := r.IntN(3)
		for j, a := range answers[i] {
			x := margin + 40 + j*320
			c.box(x, y+38, 34, 34, 3, black)
			if j == chosen {
				c.stroke(5, blue, [2]float64{float64(x + 5), float64(y + 54)}, [2]float64{float64(x + 15), float64(y + 66)}, [2]float64{float64(x + 36), float64(y + 32)})
			}
			c.text(x+50, y+66, 28, black, a)
		}
		y += 165
	}
	c.text(margin, y+40, 34, black, fmt.Sprintf("得分  %d 分    结果  C%d", 40+r.IntN(60), 1+r.IntN(5)))
	c.text(margin, y+150, 34, black, "客户签字")
	c.signature(float64(margin+190), float64(y+60), 380, 120)
	return c
}

func signatureSheet(d Doc, _ int, r *rand.Rand) *canvas {
	c := blank(r)
	y := head(c, d, d.Title)
	for i := range 4 {
		c.box(margin, y+i*260, pageW-2*margin, 230, 2, grey)
		c.text(margin+20, y+i*260+40, 24, grey, fmt.Sprintf("样本 %d", i+1))
		c.signature(float64(margin+220), float64(y+i*260+40), 460, 150)
	}
	return c
}

func licence(d Doc, _ int, r *rand.Rand) *canvas {
	c := newCanvas(pageH, pageW, color.RGBA{250, 246, 232, 255}, r)
	c.box(40, 40, pageH-80, pageW-80, 8, color.RGBA{180, 140, 60, 255})
	c.star(pageH/2, 150, 60, red)
	c.center(pageH/2, 300, 76, black, "营业执照（示例）")
	for i, row := range [][2]string{{"名称", d.Name}, {"统一社会信用代码", masked(d.IDNo)}, {"类型", "有限责任公司"}, {"住所", "示例市示例区示例路 1 号"}, {"法定代表人", "示例人"}, {"成立日期", day(r)}} {
		c.text(200, 420+i*100, 34, grey, row[0])
		c.text(560, 420+i*100, 40, black, row[1])
	}
	c.seal(pageH-330, pageW-260, 140, "示例市场监督局")
	return c
}

// form is every other document: a table of what the account is and a signature.
func form(d Doc, page int, r *rand.Rand) *canvas {
	c := blank(r)
	y := head(c, d, d.Title)
	rows := [][2]string{
		{"客户名称", d.Name},
		{"证件号码", masked(d.IDNo)},
		{"账号", d.AccountNo},
		{"营业部", d.Dept},
		{"开户银行", "示例银行示例支行"},
		{"银行账号", fmt.Sprintf("6222 **** **** %04d", r.IntN(10000))},
		{"联系电话", fmt.Sprintf("138****%04d", r.IntN(10000))},
		{"办理日期", day(r)},
		{"页码", fmt.Sprint(page + 1)},
	}
	for i, row := range rows {
		top := y + i*92
		c.box(margin, top, 280, 94, 2, black)
		c.box(margin+278, top, pageW-2*margin-278, 94, 2, black)
		c.text(margin+24, top+58, 32, black, row[0])
		c.text(margin+310, top+58, 32, black, row[1])
	}
	y += len(rows)*92 + 60
	y = c.paragraph(margin, y, pageW-2*margin, 28, "本人确认以上内容真实、准确、完整。"+clauses[7])
	c.text(margin, y+110, 34, black, "客户签字")
	c.signature(float64(margin+190), float64(y+20), 380, 120)
	c.seal(pageW-330, float64(y+90), 120, "示例期货营业部")
	return c
}
