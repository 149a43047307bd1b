//! Words that say nothing by themselves: particles, pronouns, prepositions,
//! auxiliary verbs, measure words.

use std::{collections::HashSet, sync::OnceLock};

const ENGLISH: &str = "a about above after again against all also am an and any are aren't as at be because been before \
being below between both but by can can't cannot could couldn't did didn't do does doesn't doing don't down during each \
few for from further had hadn't has hasn't have haven't having he he'd he'll he's her here here's hers herself him \
himself his how how's i i'd i'll i'm i've if in into is isn't it it's its itself just let's me more most mustn't my \
myself no nor not now of off on once only or other ought our ours ourselves out over own same shan't she she'd she'll \
she's should shouldn't so some such than that that's the their theirs them themselves then there there's these they \
they'd they'll they're they've this those through to too under until up upon us very was wasn't we we'd we'll we're \
we've were weren't what what's when when's where where's which while who who's whom why why's will with won't would \
wouldn't you you'd you'll you're you've your yours yourself yourselves";

const CHINESE: &str = "的 了 着 过 地 得 和 与 及 以及 或 或者 还是 而 而且 并 并且 但 但是 可 可是 不过 然而 因为 由于 因此 所以 于是 \
如果 假如 要是 只要 只有 虽然 尽管 即使 就算 无论 不管 除了 除非 为了 为 以 从 自 向 往 朝 对 对于 关于 由 被 把 将 给 让 叫 在 于 \
到 至 跟 同 比 像 如 按 按照 根据 通过 我 我们 咱 咱们 你 你们 您 他 他们 她 她们 它 它们 自己 大家 别人 人家 这 这个 这些 这样 这么 \
这里 这儿 这种 那 那个 那些 那样 那么 那里 那儿 那种 哪 哪个 哪些 哪里 哪儿 谁 什么 怎么 怎样 怎么样 为什么 多少 几 几个 每 每个 各 各个 \
某 某个 一 一个 一些 一点 一样 一下 一直 一定 有 有的 有些 有点 没 没有 是 不是 不 也 都 又 再 就 才 还 还有 很 太 更 最 非常 十分 \
特别 比较 挺 已 已经 曾 曾经 正 正在 刚 刚刚 就是 只是 只 仅 仅仅 可以 能 能够 会 应该 应 要 想 得到 来 去 上 下 里 中 内 外 前 后 \
时 时候 之 之前 之后 其 其他 其中 其实 等 等等 吗 呢 吧 啊 呀 哦 嗯 哈 嘛 啦 了吧 个 些 件 种 次 位 年 月 日 天 用 做 当 说 看 好像 \
感觉 觉得 真 真的 还要 而是 则 且 即 此 该 本 另 另外 以后 以前 如此 如何 很多 许多 多 少 大 小 两 二 三";

/// Whether the word, in small letters, is one of them.
pub(super) fn is(word: &str) -> bool {
    static ALL: OnceLock<HashSet<&str>> = OnceLock::new();
    ALL.get_or_init(|| ENGLISH.split_whitespace().chain(CHINESE.split_whitespace()).collect()).contains(word)
}
