"""Describes what learning takes in and gives out: lessons, clips, the feed, answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from shared.evidence.domain.evidence_kind import Supervision
from shared.kernel.bodies import Body, Day, DocumentName, Moment, Word
from shared.kernel.reading import Misfit
from shared.learning.domain.feed import Reason
from shared.learning.domain.lesson import Topic
from shared.learning.domain.mastery import Attained
from shared.platform.contract import Output, Page, Problem

LessonId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
QuestionId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,19}$")]
FileName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,99}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
MOST_LESSONS = 100
"""In one publication: they are one transaction."""
MOST_ANSWERS = 200
"""In one request: what somebody answers in a day without a network."""
MOST_CLIP_BYTES = 2_000_000


class SentenceBody(Body):
    """One sentence of a script, and the name of the picture that is shown while it is said."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    say: Sentence
    picture: FileName


class QuestionBody(Body):
    """A question of a quick check."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    question_id: QuestionId
    ask: Sentence
    options: list[Sentence] = Field(min_length=2, max_length=4)
    right: int = Field(ge=1, le=4, description="Which option is right, the first being 1")
    because: Sentence = Field(description="Why; told after an answer")

    @model_validator(mode="after")
    def _right_is_an_option(self) -> QuestionBody:
        if self.right > len(self.options):
            raise Misfit(f"is {self.right}, and there are {len(self.options)} options", field="right")
        if len(set(self.options)) < len(self.options):
            raise Misfit("two of them are the same", field="options")
        return self


class ReviewerBody(Body):
    """The competent person who has read a lesson and answers for its safety."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    name: Word
    role: Word = Field(description="By what they are competent")
    reviewed_on: Day


class ClipBody(Body):
    """A film of the script, with captions; each file is sent before, under its SHA-256."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    video: FileName
    captions: FileName
    seconds: int = Field(ge=1, le=600)
    bytes: int = Field(ge=1, le=MOST_CLIP_BYTES, description="Of the video")
    sha256: Sha256
    script_sha256: Sha256 = Field(description="Of the script that it was rendered from")
    captions_sha256: Sha256
    poster_sha256: Sha256 | None = Field(None, description="Of a small JPEG that stands before the film plays")


class LessonBody(Body):
    """One version of a lesson, in the shape of its file."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    lesson_id: LessonId
    version: Version = Field(description="Rises with whatever a learner sees of it")
    framework_id: DocumentName
    title: Word
    topic: Topic
    hazard: bool = Field(
        False, description="It keeps people from harm: comes first, must be passed, and nothing averages it"
    )
    competencies: list[Word] = Field(min_length=1, max_length=5, description="What it is about, the first one most")
    prerequisites: list[LessonId] = Field(default_factory=list, max_length=20)
    reviewer: ReviewerBody | None = Field(
        None, description="Must be named for a framework that is not declared synthetic"
    )
    script: list[SentenceBody] = Field(min_length=1, max_length=60)
    questions: list[QuestionBody] = Field(min_length=2, max_length=4)
    clip: ClipBody | None = None

    @model_validator(mode="after")
    def _each_once(self) -> LessonBody:
        for name, ids in (
            ("questions", [one.question_id for one in self.questions]),
            ("prerequisites", self.prerequisites),
            ("competencies", self.competencies),
        ):
            if len(set(ids)) < len(ids):
                raise Misfit("one stands there twice", field=name)
        return self


class LessonsBody(Body):
    """Lessons to publish: all of them, or none."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    lessons: list[LessonBody] = Field(min_length=1, max_length=MOST_LESSONS)

    @model_validator(mode="after")
    def _each_version_once(self) -> LessonsBody:
        named = [(one.lesson_id, one.version) for one in self.lessons]
        if len(set(named)) < len(named):
            raise Misfit("a version of a lesson stands there twice", field="lessons")
        return self


class PublishedVersion(Output):
    """Tells what became of one version of a lesson."""

    lesson_id: str
    version: int
    status: Literal["published", "known"]


class PublishedLessons(Output):
    lessons: list[PublishedVersion]


class KeptClip(Output):
    """Says where a file is kept."""

    sha256: str
    bytes: int
    content_type: str


class SentenceView(Output):
    say: str
    picture: str


class ClipView(Output):
    """A film and its captions, by the digests that their addresses end with."""

    video: str
    captions: str
    seconds: int
    bytes: int
    sha256: str
    captions_sha256: str
    poster_sha256: str | None = Field(None, description="Of the JPEG that stands before it plays; null: there is none")


class ReviewerView(Output):
    name: str
    role: str
    reviewed_on: date


class AskedQuestion(Output):
    """A question without its answer."""

    question_id: str
    ask: str
    options: list[str]


class LessonCard(Output):
    """A lesson as learners see it.

    notice: what must be said with it: that no competent person has looked, or that its framework is invented
    """

    lesson_id: str
    version: int
    framework_id: str
    title: str
    topic: Topic
    hazard: bool
    competencies: list[str]
    prerequisites: list[str]
    seconds: int
    notice: str | None
    reviewer: ReviewerView | None
    clip: ClipView | None
    script: list[SentenceView]
    questions: list[AskedQuestion]


class WholeQuestion(AskedQuestion):
    """A question with its answer, for who publishes lessons."""

    right: int
    because: str


class LessonView(LessonCard):
    """A version of a lesson. answers: only for who publishes lessons"""

    published_at: datetime
    withdrawn_at: datetime | None = Field(None, description="Since when it is taught no longer; null: it is taught")
    answers: list[WholeQuestion] | None = None
    competency_names: dict[str, str] = Field(default_factory=dict, description="What its competencies are called")
    titles: dict[str, str] = Field(default_factory=dict, description="Of the lessons that it comes after, by their ids")


class WithdrawalBody(Body):
    """Says why a lesson is taught no longer."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    reason: Sentence


class LessonList(Output):
    framework_id: str
    competency_names: dict[str, str] = Field(default_factory=dict, description="What competencies are called")
    lessons: list[LessonCard]


class FeedItemView(LessonCard):
    """A lesson to do next, and why. questions: those to ask now"""

    reason: Reason = Field(description="safety, then review, then gap, then new")
    why: str


class StreakView(Output):
    """Days in a row on which something was learned. freezes: days without that it survives"""

    days: int
    freezes: int
    longest: int
    today: bool


class ProgressView(Output):
    """Says how far the learner is through the framework's lessons."""

    lessons: int
    finished: int
    questions: int
    seen: int
    due: int = Field(description="Questions to ask again today")


class FeedView(Output):
    """Tells what a learner does next, the most pressing first."""

    as_of: date = Field(description="The learner's calendar day")
    learner: str
    framework_id: str
    agreed: bool = Field(description="Whether answers are kept: who is enrolled has to have agreed to that")
    streak: StreakView
    progress: ProgressView
    competency_names: dict[str, str] = Field(
        default_factory=dict, description="What the framework's competencies are called: what evidence may be about"
    )
    items: list[FeedItemView]


class EstimateView(Output):
    """A share (0-1) with its 80 % interval."""

    value: float
    low: float
    high: float


class AskedOf(Output):
    """A question of a lesson."""

    lesson_id: str
    question_id: str


class PieceView(Output):
    """One piece of the evidence behind a competency. Who may not see a learner's evidence is told its kind and day."""

    kind: Literal["quick_check", "photo", "voice", "note", "observation", "verification"]
    on: date = Field(description="The learner's calendar day: of the last answer, of the work, or when it came")
    lesson_id: str | None = Field(None, description="Of a quick check; null for others")
    lesson: str | None = Field(None, description="Its title, as it was answered")
    right: int | None = Field(None, description="Questions of the check that were answered right; null for others")
    questions: int | None = Field(None, description="Questions of the check; null for others")
    by: str | None = Field(None, description="Who recorded it, by name; null for a check")
    supervision: Supervision | None = Field(None, description="Of an observation: supervised, or alone")
    evidence_id: str | None = Field(None, description="By which its content is opened; null where it has none")
    photos: list[str] = Field(default_factory=list, description="Ids of evidence: an observation's photos")


class PieceList(Page):
    """All pieces behind one competency, the newest first. whole: the caller may see the learner's evidence"""

    employee_id: str
    name: str
    competency: str
    competency_name: str
    whole: bool
    pieces: list[PieceView]


class MasteryItem(Output):
    """Says how far a learner is in one competency. An estimate of recall signs nothing off."""

    competency: str
    name: str
    statement: str = Field(description="What it says that somebody can do")
    category: str = Field(description="knowledge is shown by recall and tests; skill and behaviour by what people saw")
    attained: Attained
    sentence: str = Field(description="The same in words, with how sure it is")
    questions: int = Field(description="That there are about it")
    seen: int = Field(description="Of those, ever answered")
    right: EstimateView | None = Field(None, description="Of those answered, right last; null where none was")
    recall: EstimateView | None = Field(None, description="Of those answered, would be right today")
    recall_at_gateway: EstimateView | None = Field(
        None, description="Would be right on the gateway's day, were nothing asked until then"
    )
    unsafe: list[AskedOf] = Field(description="Questions about a hazard that are not known surely")
    status: str = Field(description="The rating's, by the achievement rules")
    field_observations: int = Field(description="That count now")
    shown_on: date | None = Field(None, description="Since when its rule is met")
    lessons: list[str] = Field(description="Ids of the lessons about it")
    evidence: list[PieceView] = Field(default_factory=list, description="The newest pieces behind it, at most three")
    more_evidence: int = Field(0, description="How many further pieces there are")
    more_still: bool = Field(False, description="true: and older ones besides, which were not counted")


class MasteryView(Output):
    """Says how far a learner is. scores_open_at: when a score opens that the caller does not see yet

    evidence_whole: the caller may see the learner's evidence, and not its kinds and days alone
    """

    employee_id: str
    name: str
    framework_id: str
    as_of: date
    gateway_on: date | None
    scores_open_at: datetime | None
    evidence_whole: bool = True
    items: list[MasteryItem]


class AnswerBody(Body):
    """One answer to one question."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    key: Key = Field(description="Made by the sender, a UUID; the same however often the answer is sent")
    lesson_id: LessonId
    lesson_version: Version = Field(description="The version that the learner saw")
    question_id: QuestionId
    option: int = Field(ge=1, le=4, description="Which was chosen, the first being 1")
    answered_at: Moment = Field(description="By the learner's own clock")


class AnswersBody(Body):
    """Answers, each taken or refused by itself."""

    model_config = ConfigDict(defer_build=True, extra="forbid", strict=True)

    answers: list[AnswerBody] = Field(min_length=1, max_length=MOST_ANSWERS)


class AnswerResult(Output):
    """Tells what became of one answer.

    right, because, marked_against: of a refused one null; problem: why it was refused, of others null
    """

    index: int
    key: str | None
    status: Literal["taken", "duplicate", "refused"]
    right: bool | None = None
    because: str | None = None
    marked_against: int | None = Field(None, description="The version of the lesson")
    problem: Problem | None = None


class AnswerResults(Output):
    results: list[AnswerResult]
