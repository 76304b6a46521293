//! The members of a Beads issue that are understood, and what each becomes.
//!
//! - **Start here.** The table at the end of the file: one row per member.
//! - **Absent on purpose.** All other members. They are kept as they are under the event's
//!   `details.source`.

/// What happens to a member by its name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Read at once.
    Scalar,
    /// Read when it is needed.
    List,
    /// Computed from other members when it was exported: says nothing of its own.
    Derived,
}

macro_rules! members {
    ($($member:ident $name:literal $shape:ident $becomes:literal,)*) => {
        /// A member that is understood.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Member { $(#[doc = $name] $member,)* }

        impl Member {
            /// All of them.
            pub(crate) const ALL: [Member; COUNT] = [$(Member::$member,)*];

            /// The member of this name.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Member::$member),)* _ => None }
            }

            /// Its name in the source.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Member::$member => $name,)* }
            }

            /// How it is read.
            pub(crate) fn shape(self) -> Shape {
                match self { $(Member::$member => Shape::$shape,)* }
            }

            /// What it becomes.
            pub(crate) fn becomes(self) -> &'static str {
                match self { $(Member::$member => $becomes,)* }
            }
        }

        /// How many there are.
        pub(crate) const COUNT: usize = [$($name,)*].len();
    };
}

members! {
    Id "id" Scalar "external_id",
    Tag "_type" Scalar "",
    Title "title" Scalar "title",
    Description "description" Scalar "description",
    Design "design" Scalar "note",
    Acceptance "acceptance_criteria" Scalar "criteria and note",
    Notes "notes" Scalar "note",
    Status "status" Scalar "status",
    Priority "priority" Scalar "priority",
    IssueType "issue_type" Scalar "label type:…",
    Assignee "assignee" Scalar "assignee",
    Owner "owner" Scalar "owner",
    CreatedBy "created_by" Scalar "author of the creation",
    Estimate "estimated_minutes" Scalar "estimate",
    CreatedAt "created_at" Scalar "time of the creation",
    UpdatedAt "updated_at" Scalar "",
    StartedAt "started_at" Scalar "time of the start",
    ClosedAt "closed_at" Scalar "time of the completion",
    CloseReason "close_reason" Scalar "reason of the completion",
    DueAt "due_at" Scalar "due",
    DeletedAt "deleted_at" Scalar "time of the cancellation",
    DeletedBy "deleted_by" Scalar "author of the cancellation",
    DeleteReason "delete_reason" Scalar "reason of the cancellation",
    Parent "parent" Scalar "milestone",
    Labels "labels" List "labels",
    Dependencies "dependencies" List "dependencies and links",
    Comments "comments" List "notes",
    DependencyCount "dependency_count" Derived "",
    DependentCount "dependent_count" Derived "",
    CommentCount "comment_count" Derived "",
}
