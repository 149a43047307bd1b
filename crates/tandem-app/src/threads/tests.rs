use super::words::{LONGEST, named, words};

const ANN: &str = "01890000-0000-7000-8000-00000000000a";
const BOB: &str = "01890000-0000-7000-8000-00000000000b";

#[test]
fn mentions_are_found_once_each_and_only_where_they_are_whole() {
    let text = format!(
        "@[Ann](user:{ANN}) and @[李雷](user:{BOB}), @[Ann](user:{ANN}); not [Bob](user:{BOB}), @[x](user:nobody), \
         @[Ann](https://example.org), @[a\nb](user:{BOB}x) nor @[Ann](user:{ANN}"
    );
    let found: Vec<String> = named(&text).iter().map(ToString::to_string).collect();
    assert_eq!(found, [ANN, BOB]);
    assert!(named("@[").is_empty() && named("@[]").is_empty() && named("").is_empty());
}

#[test]
fn words_are_counted_in_characters() {
    assert_eq!(words(" 好\n的 ").unwrap(), "好\n的");
    assert!(words(&"字".repeat(LONGEST)).is_ok());
    assert!(words(&"字".repeat(LONGEST + 1)).is_err());
    assert!(words(" \n\t").is_err());
    assert!(words("a\u{7}").is_err());
}
