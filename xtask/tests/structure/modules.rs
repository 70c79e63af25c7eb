//! The modules of a crate: what each one defines, imports and names by a path.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, UseTree};

/// A crate's files by their path below its source folder.
pub(crate) type Files = BTreeMap<String, String>;
/// A module's position in [`Crate::modules`].
pub(crate) type Id = usize;

/// One crate: everything that is reached from one root file. Code under `#[cfg(test)]` is left out.
#[derive(Default)]
pub(crate) struct Crate {
    /// The root comes first.
    pub(crate) modules: Vec<Module>,
    /// The files of `#[macro_export]` and crate-local macros, by name.
    pub(crate) macros: BTreeMap<String, String>,
}

/// A module, in a file of its own or inside another.
#[derive(Default)]
pub(crate) struct Module {
    pub(crate) file: String,
    pub(crate) parent: Option<Id>,
    pub(crate) children: BTreeMap<String, Id>,
    /// The names defined here.
    pub(crate) items: BTreeSet<String>,
    pub(crate) imports: Vec<Import>,
    /// Paths of two segments and more, and names of macros that are called.
    pub(crate) paths: BTreeSet<Vec<String>>,
    /// Whether there is anything but declarations of modules and imports.
    pub(crate) has_code: bool,
}

/// One leaf of a `use` declaration.
pub(crate) struct Import {
    pub(crate) path: Vec<String>,
    /// The name it has here; none for `*`.
    pub(crate) name: Option<String>,
}

impl Crate {
    /// Reads the crate of a root file.
    pub(crate) fn read(files: &Files, root: &str) -> Self {
        let mut this = Self::default();
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        this.file(files, root, folder, None);
        this
    }

    /// Adds the module of a file; `folder` is where its children are.
    fn file(&mut self, files: &Files, path: &str, folder: &str, parent: Option<Id>) -> Id {
        let text = &files[path];
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        self.module(files, path, folder, parent, parsed.items)
    }

    fn module(
        &mut self,
        files: &Files,
        file: &str,
        folder: &str,
        parent: Option<Id>,
        items: Vec<Item>,
    ) -> Id {
        let id = self.modules.len();
        self.modules.push(Module {
            file: file.to_owned(),
            parent,
            ..Module::default()
        });
        for item in items {
            if attributes(&item).iter().any(is_for_tests) {
                continue;
            }
            match item {
                Item::Mod(module) => {
                    let name = module.ident.to_string();
                    let below = format!("{folder}/{name}")
                        .trim_start_matches('/')
                        .to_owned();
                    let child = match module.content {
                        Some((_, items)) => self.module(files, file, &below, Some(id), items),
                        None => {
                            let own = format!("{below}.rs");
                            let path = if files.contains_key(&own) {
                                own
                            } else {
                                format!("{below}/mod.rs")
                            };
                            self.file(files, &path, &below, Some(id))
                        }
                    };
                    self.modules[id].children.insert(name, child);
                }
                Item::Use(item) => self.modules[id].import(&item.tree),
                item => self.code(id, item),
            }
        }
        id
    }

    fn code(&mut self, id: Id, item: Item) {
        let name = match &item {
            Item::Const(item) => Some(&item.ident),
            Item::Enum(item) => Some(&item.ident),
            Item::Fn(item) => Some(&item.sig.ident),
            Item::Macro(item) => item.ident.as_ref(),
            Item::Static(item) => Some(&item.ident),
            Item::Struct(item) => Some(&item.ident),
            Item::Trait(item) => Some(&item.ident),
            Item::Type(item) => Some(&item.ident),
            Item::Union(item) => Some(&item.ident),
            _ => None,
        };
        let module = &mut self.modules[id];
        module.has_code = true;
        module.items.extend(name.map(ToString::to_string));
        if let (Item::Macro(_), Some(name)) = (&item, name) {
            self.macros.insert(name.to_string(), module.file.clone());
        }
        module.scan(item.into_token_stream());
    }
}

impl Module {
    fn import(&mut self, tree: &UseTree) {
        self.import_below(Vec::new(), tree);
    }

    fn import_below(&mut self, mut path: Vec<String>, tree: &UseTree) {
        let (last, name) = match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                return self.import_below(path, &tree.tree);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.import_below(path.clone(), tree);
                }
                return;
            }
            UseTree::Glob(_) => return self.imports.push(Import { path, name: None }),
            UseTree::Name(tree) => (tree.ident.to_string(), tree.ident.to_string()),
            UseTree::Rename(tree) => (tree.ident.to_string(), tree.rename.to_string()),
        };
        let name = match last.as_str() {
            "self" => path
                .last()
                .cloned()
                .filter(|_| name == "self")
                .or(Some(name)),
            _ => {
                path.push(last);
                Some(name)
            }
        };
        self.imports.push(Import { path, name });
    }

    /// Collects the paths in tokens, those in macros and in `#[serde(with = "..")]` included.
    fn scan(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut for_tests = false;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                TokenTree::Group(group) => {
                    let attribute = at > 1 && is_punct(&tokens[at - 2], '#');
                    if attribute && is_test_cfg(&group.stream()) {
                        for_tests = true;
                    } else if for_tests {
                        for_tests = group.delimiter() != Delimiter::Brace;
                    } else {
                        self.scan(group.stream());
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == ';' => for_tests = false,
                TokenTree::Ident(ident) if *ident == "use" => {
                    let length = tokens[at..]
                        .iter()
                        .take_while(|token| !is_punct(token, ';'))
                        .count();
                    let tree: TokenStream = tokens[at..at + length].iter().cloned().collect();
                    if let (false, Ok(tree)) = (for_tests, syn::parse2::<UseTree>(tree)) {
                        self.import(&tree);
                        at += length;
                    }
                }
                TokenTree::Ident(ident) => {
                    let behind_colons = at > 1
                        && is_punct(&tokens[at - 2], ':')
                        && at > 2
                        && is_punct(&tokens[at - 3], ':');
                    let mut path = vec![ident.to_string()];
                    while let [first, second, TokenTree::Ident(next), ..] = &tokens[at..]
                        && is_punct(first, ':')
                        && is_punct(second, ':')
                    {
                        path.push(next.to_string());
                        at += 3;
                    }
                    let called = tokens.get(at).is_some_and(|token| is_punct(token, '!'));
                    if !for_tests && !behind_colons && (path.len() > 1 || called) {
                        self.paths.insert(path);
                    }
                }
                TokenTree::Literal(literal) => {
                    let text = literal.to_string();
                    let path: Vec<String> = text
                        .trim_matches('"')
                        .split("::")
                        .map(str::to_owned)
                        .collect();
                    if !for_tests && path.len() > 1 && path.iter().all(|name| is_name(name)) {
                        self.paths.insert(path);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|one| one.is_alphanumeric() || one == '_')
}

fn is_for_tests(attribute: &Attribute) -> bool {
    is_test_cfg(&attribute.meta.to_token_stream())
}

/// Whether these are the tokens of `cfg(test)`.
fn is_test_cfg(tokens: &TokenStream) -> bool {
    tokens.to_string().replace(' ', "") == "cfg(test)"
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
