//! Characters that make up most of what tables hold in words.

use std::sync::LazyLock;

use encoding_rs::{BIG5, EUC_KR, Encoding, GB18030};

/// The most used characters of Chinese, and those of business, people and places.
const SIMPLIFIED: &str = "\
    的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定\
    行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些\
    然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公\
    无系军很情者最立代想已通并提直题程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组\
    见计别她手角期根论运指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争\
    济阶油思术极交受联什认六共权收证改清己美再转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报类完八离华名\
    确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律且究观越织装影算低持音众书布复容儿际商非验连断深难近\
    千周委素技备半办青省列习响约支般史感劳便团往历市何除消构府称太准精值号率族维划选标写存候毛亲快效院查型王按格养易置\
    派层片始却专状育厂识适属圆包火住满县局照参红细引听该铁价严首底液官德随病失尔死讲配女黄推显谈罪神艺席含企望密批营项\
    防举球英氧势告李台落木帮轮破师围注远字材排供河态封另施减树言亚兵初让食够草板须章室友刚优轻语试希察核免端优\
    客户订货款额费税折扣惠退换购买卖销售库存仓储运送达快递渠店铺城镇街址邮箱编码姓性别男龄岁生婚职岗薪奖补贴险贷借还\
    账卡余息罚欠付收发票据凭证签约审批申请登录注册游览浏点击访曝转化留活跃沉睡流失忠诚满度评分数级星类别牌型号规色尺寸\
    重厚宽高毛净含均总合计累环同占比率涨跌最新旧起止末始创更修改删状态启停有无是否备注描述说明标题内容摘要主键序排\
    时刻分秒周季旬晚早午夜今昨明北京上海广州深圳天津重庆成都武汉杭苏南西安长沙郑青岛沈阳大连宁波厦门福哈滨济昆合肥\
    石庄太原贵乌鲁齐兰银川呼浩特拉萨海口无锡佛山东莞温省市区县乡村路弄栋楼幢室座邓刘陈杨赵吴徐孙朱胡郭何林罗梁宋郑谢\
    韩唐冯于董萧曹袁许傅吕丁沈姚卢姜崔钟谭陆汪范石廖贾夏韦方邹熊孟秦阎薛侯雷龙段郝孔邵史毛万钱汤伟芳娜敏静丽艳勇杰磊\
    娟涛超霞刚桂玲丹萍鹏辉鑫宇浩轩梓涵欣怡佳慧婷雪琳洁倩莉斌飞军波健俊峰建国庆春秋冬梅兰菊竹红绿蓝黑灰紫粉橙咖\
    衣服裤裙鞋帽袜箱手机电脑耳机键盘鼠屏幕相机冰洗空调视冰饮料酒茶奶糖果蔬菜肉蛋鱼虾米面油盐酱醋零洗护肤妆纸巾\
    医药疗诊患者血压糖症检查住院科护士课程学校班级绩考试老师语数英物化体音美功能模块接口参属项目任务负责部门经副总监\
    客服投诉咨询回复满意问题原因处理结束完成待未已取消关闭确认支宝微信现银联积券红优活促限秒团砍\
    店员导购收银会员等普通白钻黑铜铁贵宾首末次频最近天月季年半双单奇偶正负零整百千万亿元角份件个台套只条瓶盒袋箱斤克吨升";

/// Characters that are written otherwise in traditional Chinese.
const TRADITIONAL: &str = "\
    這個們為國時來對會發動過說產種後學經進著電裡現實兩體機當點從業開還與關樣線內數質氣變條沒結問無軍總員幾級圖統據較\
    將組見計別論運強決幹戰則處隊給門規熱領導壓爭濟階術極聯認權證轉單風車務萬達積議聲報類離華確張馬節話況傳許廣記段觀\
    織裝眾書復兒際驗連斷難備辦習響約勞團歷構稱準號維劃選標寫親廠識適屬圓滿縣參紅細該鐵價嚴顯談項舉勢師圍遠態減樹亞\
    訂單客戶貨款額費稅購買賣銷售庫倉儲運遞鋪鎮郵編碼姓齡歲職崗薪獎補貼險貸帳餘罰發票簽審請登錄註冊覽點擊訪轉躍評\
    總計環佔漲舊創態啟備註敘標題內摘鍵時間臺灣香港澳門臺北高雄臺中臺南新竹桃園陳劉楊趙吳孫羅鄭謝韓馮蕭許傅呂鍾譚陸\
    類別顏色尺寸數量單價金額合計折扣優惠訂單編號會員姓名電話地址城市日期備註付款方式商品名稱門市業務負責人";

/// The most used syllables of Korean.
const HANGUL: &str = "\
    이다가는을를의에서한하고지도로기사대인수자시부정일원구제상전성보주장조여동국무연소신경해비아어마나라리니스그오게요들\
    것만면과와은있없했습입까년월금액호명품번문객격합계결판매위차량선반송배취환불유형분류코드할율총개달점포매회등급남녀\
    나이생름별역울산광천세종강북남충청제목내용록작업체현공유통화물중학교육관리모든때안또래저우방생각본최후초말운영살\
    트크프브그터레메이션인너데베페피키티디미버카타파하바텔폰컴퓨램씨님께서로부터까지처럼보다마다조차라도며든지거나";

/// A set of numbers of 16 bits.
pub(super) struct Set(Vec<u64>);

impl Set {
    fn of(members: impl Iterator<Item = u16>) -> Self {
        let mut words = vec![0; 1 << 10];
        members.for_each(|member| words[usize::from(member >> 6)] |= 1 << (member & 63));
        Self(words)
    }

    /// The pairs of bytes that `encoding` writes the characters with.
    fn encoded(encoding: &'static Encoding, texts: &[&str]) -> Self {
        let chars = texts.iter().flat_map(|text| text.chars());
        Self::of(chars.filter_map(|char| {
            let mut buffer = [0; 4];
            let (bytes, _, unknown) = encoding.encode(char.encode_utf8(&mut buffer));
            match *bytes {
                [lead, trail] if !unknown => Some(u16::from_be_bytes([lead, trail])),
                _ => None,
            }
        }))
    }

    pub(super) fn holds(&self, member: u16) -> bool {
        self.0.get(usize::from(member >> 6)).is_some_and(|word| word >> (member & 63) & 1 == 1)
    }

    /// Whether the pair of bytes is a member.
    pub(super) fn pair(&self, lead: u8, trail: u8) -> bool {
        self.holds(u16::from_be_bytes([lead, trail]))
    }
}

/// Which characters are common, by how they are written.
pub(super) struct Tables {
    pub(super) unicode: Set,
    pub(super) gb18030: Set,
    pub(super) big5: Set,
    pub(super) euc_kr: Set,
}

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    unicode: Set::of([SIMPLIFIED, TRADITIONAL].iter().flat_map(|t| t.chars()).filter_map(|c| u16::try_from(c).ok())),
    gb18030: Set::encoded(GB18030, &[SIMPLIFIED]),
    big5: Set::encoded(BIG5, &[SIMPLIFIED, TRADITIONAL]),
    euc_kr: Set::encoded(EUC_KR, &[HANGUL]),
});
