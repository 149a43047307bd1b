//! Encodings by samples of what people have.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_8, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
};
use proptest::prelude::*;

use super::*;

fn of(text: &[u8]) -> Detected {
    detect(&Sample { head: text.to_vec(), spots: Vec::new(), whole: true, stored: text.len() as u64 }).unwrap()
}

fn name_of(text: &str, encoding: &'static Encoding) -> String {
    let (bytes, _, unknown) = encoding.encode(text);
    assert!(!unknown, "{text} is not in {}", encoding.name());
    of(&bytes).name
}

#[test]
fn short_chinese_headers_with_numbers_below() {
    let headers = [
        "订单号,客户,金额,日期",
        "编号,数量,单价",
        "学号,成绩",
        "id,金额",
        "ID,名称",
        "会员号,下单时间,实付金额",
        "姓名,年龄",
        "日期,销量",
        "门店,城市,销售额",
        "商品,类别,库存",
        "用户ID,注册时间",
        "手机号,余额",
        "渠道,花费,点击",
        "月份,收入,支出",
        "部门,人数",
        "序号,得分",
    ];
    for header in headers {
        let width = header.split(',').count();
        for value in ["12.5", "2024-03-05", "￥12.50", "¥8"] {
            let row = vec![value; width].join(",");
            let text = format!("{header}\n{row}\n{row}\n{row}\n");
            assert_eq!(name_of(&text, GB18030), "gb18030", "{text}");
            assert_eq!(name_of(&text, UTF_8), "utf-8", "{text}");
        }
        assert_eq!(name_of(header, GB18030), "gb18030", "{header}");
    }
    let mut many = String::from("会员号,下单时间,实付金额\r\n");
    (0..400).for_each(|i| many.push_str(&format!("C{i:05},2024-03-{:02},￥{}.50\r\n", 1 + i % 28, i * 7 % 900)));
    assert_eq!(name_of(&many, GB18030), "gb18030");
}

#[test]
fn every_language_keeps_its_encoding() {
    let samples = [
        (WINDOWS_1252, "name,city\nZoë,Köln\nRené Müller,Zürich\n"),
        (WINDOWS_1252, "product,price\ncafé,1\n"),
        (WINDOWS_1252, "Straße;Größe\nHauptstraße 5;12\nÄußere Allee;7\n"),
        (WINDOWS_1252, "note\nIt’s 25° – €5\nDon’t “worry”\n"),
        (WINDOWS_1252, "año,España\n1,señor\n2,niño\n"),
        (WINDOWS_1252, "nom\nCRÉÉE\nfiancée\n"),
        (WINDOWS_1252, "navn\nSmørrebrød\nBlåbærsyltetøj\n"),
        (WINDOWS_1250, "imię,miasto\nMałgorzata Wiśniewska,Łódź\nŁukasz Dąbrowski,Kraków\nZofia Żak,Gdańsk\n"),
        (WINDOWS_1251, "Город,Клиент\nМосква,Иванов Сергей\nКазань,Петрова Анна\nТверь,Сидоров Павел\n"),
        (SHIFT_JIS, "氏名,金額\n山田太郎,1200\n佐藤花子,800\n"),
        (SHIFT_JIS, "商品コード,なまえ\nA1,りんご\n"),
        (SHIFT_JIS, "ｺｰﾄﾞ,ﾅﾏｴ\n1,ﾔﾏﾀﾞ ﾀﾛｳ\n2,ｻﾄｳ ﾊﾅｺ\n"),
        (EUC_JP, "お名前,ご住所,電話\n山田さん,東京都のとなり,03\n"),
        (EUC_KR, "이름,나이,도시\n김철수,20,서울\n박영희,30,부산\n"),
        (EUC_KR, "주문번호,고객,금액\n1,홍길동,1200\n"),
        (BIG5, "客戶,金額,日期\n王小明,1200,2024\n陳美玲,800,2024\n"),
        (BIG5, "訂單編號,商品名稱\n1,珍珠奶茶\n"),
    ];
    for (encoding, text) in samples {
        assert_eq!(name_of(text, encoding), encoding.name().to_ascii_lowercase(), "{text}");
        assert_eq!(name_of(text, UTF_8), "utf-8", "{text}");
    }
    for text in ["ชื่อ,อายุ\nสมชาย,20\n", "الاسم,العمر\nأحمد,20\n", "Όνομα\nΓιώργος\n", "n\n😀\n", "имя\nА\n", "g\nŮ\nŽ\n"]
    {
        assert_eq!(name_of(text, UTF_8), "utf-8", "{text}");
    }
}

#[test]
fn the_bulk_of_the_lines_decides() {
    let lines = |text: &str, encoding: &'static Encoding, times: usize| encoding.encode(text).0.repeat(times);
    let mixed = |name: &str, parts: &[Vec<u8>]| {
        let found = of(&parts.concat());
        assert_eq!((found.name.as_str(), found.mixed), (name, true));
    };
    mixed("gb18030", &[lines("张三,5\n", GB18030, 1_000), lines("李四,7\n", UTF_8, 1)]);
    let (six, four) = ("张三\n王芳\n刘洋\n陈静\n赵磊\n周杰\n", "李四\n吴敏\n徐丽\n孙强\n");
    mixed("gb18030", &[lines(six, GB18030, 1), lines(four, UTF_8, 1)]);
    mixed("utf-8", &[lines(six, UTF_8, 1), lines(four, GB18030, 1)]);
    mixed("utf-8", &[b"a\n".repeat(5_000), lines("Zoë\n", UTF_8, 1), lines("Zoë\n", WINDOWS_1252, 1)]);
    mixed("windows-1252", &[lines("Zoë,Köln\n", WINDOWS_1252, 9), lines("Zoë\n", UTF_8, 1)]);
    // Each byte pair of 女 is one of UTF-8 too.
    assert_eq!(name_of("id,sex\n1,女\n2,女\n3,男\n4,女\n", GB18030), "gb18030");
}

#[test]
fn what_rests_on_little_is_said() {
    let little = of(b"name,n\nZo\xEB,1\n");
    assert_eq!((little.name.as_str(), little.mixed, little.unsure), ("windows-1252", false, true));
    assert!(of(&GB18030.encode("id,金额\n1,2\n").0).unsure);
    let (chinese, ..) = GB18030.encode("订单号,客户,金额,日期\n1,上海,2,2024-03-05\n");
    assert_eq!(of(&chinese), Detected::certain("gb18030"));
    assert_eq!(of("name,n\nZoë,1\n".as_bytes()), Detected::certain("utf-8"));
    assert_eq!(of(b"name,n\nann,1\n"), Detected::certain("utf-8"));
    assert_eq!(of("\u{FEFF}姓名\n".as_bytes()), Detected::certain("utf-8"));
}

#[test]
fn a_line_that_goes_on_behind_the_sample_is_weighed() {
    let text = format!("[{}", "{\"城市\": \"上海\"}, ".repeat(1_000));
    let (bytes, ..) = GB18030.encode(&text);
    let sample = Sample { head: bytes.into_owned(), spots: Vec::new(), whole: false, stored: 1 << 30 };
    assert_eq!(detect(&sample).unwrap().name, "gb18030");
}

const WORDS: &str = "订单号 订单编号 客户 客户名称 会员号 会员等级 金额 实付金额 应付 数量 单价 折扣 优惠券 日期 下单时间 \
    支付时间 支付方式 微信 支付宝 银联 现金 门店 店铺 城市 省份 地区 区域 街道 地址 邮编 电话 手机 邮箱 姓名 性别 年龄 \
    生日 职业 学历 婚否 收入 部门 岗位 工号 学号 班级 成绩 科目 语文 数学 英语 物理 化学 商品 商品名称 品类 品牌 型号 \
    规格 颜色 尺码 重量 库存 入库 出库 仓库 供应商 采购 销售额 销量 毛利 利润 成本 税率 发票 退货 退款 换货 物流 快递 \
    运费 签收 渠道 来源 广告 点击 曝光 转化率 访问 浏览 注册 登录 活跃 留存 流失 复购 评分 评论 备注 状态 类型 标签 \
    是 否 男 女 有 无 北京 上海 广州 深圳 天津 重庆 杭州 南京 武汉 成都 西安 长沙 郑州 苏州 青岛 宁波 厦门 沈阳 \
    内蒙古 黑龙江 新疆 呼和浩特 乌鲁木齐 石家庄 张伟 王芳 李娜 刘洋 陈静 杨帆 赵磊 黄海燕 周杰 吴敏 徐丽 孙强 马超 \
    朱婷 胡军 郭峰 何勇 高翔 林峰 罗辉 郑爽 梁博 谢霆 宋佳 唐嫣 许晴 韩雪 冯涛 邓超 曹颖 彭博 曾志伟 肖战 田雨 董洁 \
    苹果 香蕉 橙子 葡萄 西瓜 牛奶 面包 鸡蛋 大米 食用油 酱油 洗衣液 洗发水 牙膏 毛巾 纸巾 手机壳 耳机 充电器 键盘 \
    鼠标 显示器 笔记本 打印机 衬衫 裤子 裙子 外套 运动鞋 袜子 帽子 围巾 沙发 餐桌 台灯 咖啡 绿茶 啤酒 饼干 巧克力 \
    好评 差评 质量不错 发货很快 包装破损 客服态度好 不满意 待发货 已完成 已取消 处理中 第一季度 合计 平均 同比 环比";

fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(WORDS.split_whitespace().collect::<Vec<_>>())
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..100_000_u32).prop_map(|n| format!("{}.{:02}", n / 100, n % 100)),
        (0..10_000_u32).prop_map(|n| format!("￥{n}")),
        (1..29_u32).prop_map(|day| format!("2024-03-{day:02}")),
        "[A-Z]{1,2}[0-9]{3,6}",
        word().prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn chinese_words_are_gb18030_or_utf8(
        header in prop::collection::vec(word(), 1..7),
        rows in prop::collection::vec(prop::collection::vec(value(), 6), 0..12),
    ) {
        // One character alone tells nothing.
        prop_assume!(header.concat().chars().count() > 1);
        let mut text = header.join(",") + "\n";
        for row in &rows {
            text.push_str(&row[..header.len()].join(","));
            text.push('\n');
        }
        prop_assert_eq!(name_of(&text, GB18030), "gb18030", "{}", text);
        let found = of(text.as_bytes());
        prop_assert_eq!((found.name.as_str(), found.mixed), ("utf-8", false), "{}", text);
    }

    #[test]
    fn rare_names_are_gb18030(pairs in prop::collection::vec((0xB0..=0xD6_u8, 0xA1..=0xFE_u8), 90..150)) {
        let mut bytes = Vec::new();
        for (place, (lead, trail)) in pairs.iter().enumerate() {
            bytes.extend_from_slice(&[*lead, *trail]);
            if place % 3 == 2 {
                bytes.extend_from_slice(b",1\n");
            }
        }
        prop_assert_eq!(of(&bytes).name, "gb18030");
    }
}
