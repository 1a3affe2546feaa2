//! The commands that `ci` takes from README.md.

use xtask::readme::command;

const README: &str = "\
# Energy

Run cargo test when you like.

cargo test --prose

```rust
let text = \"cargo test\";
```

```sh
$ cargo run -p energy-sdk --example quickstart --features full   # no key needed
cargo testing
cargo test --workspace --features full
cargo test --again
```
";

#[test]
fn the_first_fenced_line_counts() {
    assert_eq!(
        command(README, "cargo test").unwrap(),
        ["cargo", "test", "--workspace", "--features", "full"]
    );
}

#[test]
fn prompt_and_comment_are_left_out() {
    let words = command(README, "cargo run -p energy-sdk --example quickstart").unwrap();
    assert_eq!(
        words.join(" "),
        "cargo run -p energy-sdk --example quickstart --features full"
    );
}

#[test]
fn a_missing_command_is_an_error() {
    assert!(
        command(README, "cargo bench")
            .unwrap_err()
            .contains("no fenced line starts with `cargo bench`")
    );
}

#[test]
fn a_command_for_a_shell_is_an_error() {
    let readme = "```sh\ncargo test --workspace && echo done\n```\n";
    assert!(command(readme, "cargo test").unwrap_err().contains("needs a shell"));
}
