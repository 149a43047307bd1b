//! The page that the link of an error leads to: every code of the closed list,
//! in both languages.

use std::fmt::Write;

use axum::response::{Html, IntoResponse, Response};
use tandem_core::ErrorCode;

use crate::error::status;

/// Where the page is.
pub(crate) const PATH: &str = "/docs/errors";

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
                    content=\"width=device-width\"><title>Errors · 错误</title><style>body{font:16px/1.6 \
                    system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color-scheme:light \
                    dark}h2{font-size:1rem;margin:1.6rem 0 0}h2:target{outline:2px solid;outline-offset:.3rem}p{margin:0}\
                    </style></head><body><h1>Errors · 错误</h1>\
                    <p>Each error says what happened and what to do next; these are its codes, for programs.</p>\
                    <p lang=\"zh-CN\">每个错误都会说明发生了什么以及接下来怎么办；以下是供程序使用的错误代码。</p>";

/// Serves it.
pub(crate) async fn serve() -> Response {
    let mut page = HEAD.to_owned();
    for code in ErrorCode::ALL {
        let (name, number) = (code.as_str(), status(*code).as_u16());
        // Writing to a String can't fail.
        let _ = write!(
            page,
            "<h2 id=\"{name}\"><code>{name}</code> · {number}</h2><p>{}</p><p lang=\"zh-CN\">{}</p>",
            code.about(),
            in_chinese(*code)
        );
    }
    page.push_str("</body></html>");
    Html(page).into_response()
}

/// What [`ErrorCode::about`] says.
const fn in_chinese(code: ErrorCode) -> &'static str {
    use ErrorCode as C;
    match code {
        C::InvalidRequest => "请求不符合该操作要求的形式。",
        C::InvalidParameter => "某个参数缺失、格式不对或超出范围。",
        C::InvalidCursor => "分页游标不是这个列表给出的。",
        C::Unauthenticated => "没有登录。",
        C::WrongCredentials => "名称或密码不对。",
        C::Expired => "会话或令牌已过期。",
        C::CsrfRejected => "浏览器发来的写请求没有带上 CSRF 令牌。",
        C::Forbidden => "角色或授权不允许这样做。",
        C::ScopeTooSmall => "令牌的范围不允许这样做。",
        C::NotFound => "它不存在，或者不该让您知道它存在。",
        C::AlreadyExists => "这个名称已被占用。",
        C::VersionConflict => "别人先写了；请重新读取后再试。",
        C::StateConflict => "它现在的状态不允许这样做。",
        C::PayloadTooLarge => "超过了大小限制。",
        C::UnsupportedFormat => "没有能读这种文件的读取器。",
        C::MalformedFile => "文件已损坏，或与其格式不符。",
        C::TruncatedFile => "文件在该结束之前就断了。",
        C::InvalidEncoding => "字节不是所指编码的文本。",
        C::ArchiveTooLarge => "压缩文件解开后远远超过限制。",
        C::RecordTooLong => "有一条记录超过了允许的长度。",
        C::TooManyRejects => "被拒绝的行比这次导入允许的多。",
        C::SchemaMismatch => "列或类型与数据集不符。",
        C::InvalidKey => "键缺失或不唯一。",
        C::QualityFailed => "一条必须成立的质量规则不成立。",
        C::PathNotAllowed => "路径在可读取的文件夹之外。",
        C::HostNotAllowed => "导入不可以从这台主机读取。",
        C::SourceUnavailable => "数据库或存储连不上，或拒绝了请求。",
        C::ServiceFailed => "工作流调用的服务连不上，或拒绝了请求。",
        C::MailRefused => "邮件服务器不收这封邮件，或不可以写给某个收件人。",
        C::InvalidSql => "无法理解这条 SQL。",
        C::SqlNotAllowed => "这条 SQL 做了查询不可以做的事。",
        C::UnknownTable => "SQL 中的某个表不存在（或不该让您知道）。",
        C::UnknownColumn => "某一列不存在。",
        C::ComputeFailed => "数据使计算失败：除以零、溢出或类型转换失败。",
        C::MemoryLimit => "所需内存超过了限额。",
        C::TimeLimit => "所花时间超过了限额。",
        C::RowLimit => "行数超过了该角色的限额。",
        C::TooManyRequests => "请求太多。",
        C::NotEnoughData => "数据太少，得不出可信的答案。",
        C::DidNotConverge => "拟合没有收敛。",
        C::Cancelled => "已按要求停止。",
        C::StorageFull => "磁盘或存储已满。",
        C::Unavailable => "所需的某个部分现在连不上。",
        C::Internal => "是我们这边的错误。",
    }
}
