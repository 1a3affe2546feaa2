//! The files that a program is made of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::path::without_dots;
use crate::problem::Problem;

/// A file, and whether its modules stand beside it rather than in the folder of its name.
struct Found {
    path: PathBuf,
    beside: bool,
}

/// Adds to `reached` the file `start` and those of its modules, whatever they are compiled for; `root` shortens names.
///
/// A module without a file is left to the compiler, and so is one inside of a module that is written out.
///
/// # Errors
/// A file that cannot be read or parsed.
pub fn follow(root: &Path, start: &Path, reached: &mut BTreeSet<PathBuf>) -> Result<(), Problem> {
    let mut open = vec![Found {
        path: start.to_path_buf(),
        beside: true,
    }];
    while let Some(found) = open.pop() {
        let failed = |message: String| Problem::of_file(shown(root, &found.path), message);
        let text = std::fs::read_to_string(&found.path).map_err(|error| failed(format!("cannot be read: {error}")))?;
        let file = syn::parse_file(&text).map_err(|error| failed(format!("cannot be parsed: {error}")))?;
        let modules = file.items.iter().filter_map(|item| match item {
            syn::Item::Mod(module) if module.content.is_none() => Some(module),
            _ => None,
        });
        let files = modules.flat_map(|module| files(&found, module));
        open.extend(files.filter(|file| file.path.is_file() && !reached.contains(&file.path)));
        reached.insert(found.path);
    }
    Ok(())
}

/// A path below `root` as people write it.
pub(crate) fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

/// Where the module of this name in the file `of` may stand.
fn files(of: &Found, module: &syn::ItemMod) -> Vec<Found> {
    let folder = of.path.parent().unwrap_or(&of.path);
    if let Some(said) = module.attrs.iter().find_map(said_path) {
        return vec![Found {
            path: without_dots(&folder.join(said)),
            beside: true,
        }];
    }
    let folder = if of.beside {
        folder.to_path_buf()
    } else {
        of.path.with_extension("")
    };
    let name = module.ident.to_string();
    vec![
        Found {
            path: folder.join(format!("{name}.rs")),
            beside: false,
        },
        Found {
            path: folder.join(name).join("mod.rs"),
            beside: true,
        },
    ]
}

/// The path in `#[path = "…"]`.
fn said_path(attribute: &syn::Attribute) -> Option<String> {
    match &attribute.meta {
        syn::Meta::NameValue(syn::MetaNameValue {
            path,
            value:
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(said),
                    ..
                }),
            ..
        }) if path.is_ident("path") => Some(said.value()),
        _ => None,
    }
}
