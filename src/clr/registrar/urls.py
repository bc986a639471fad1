"""Every address the service issues. All begin with ``CLR_PUBLIC_URL``, never with a Host header."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from clr.ids import AchievementId, EvidenceId, PathwayId


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses under ``public_url`` (scheme and host, no path)."""

    public_url: str

    @property
    def host(self) -> str:
        """Host and port as a did:web identifier spells them: the colon percent-encoded (did:web §3.1)."""
        return quote(urlsplit(self.public_url).netloc, safe="")

    @property
    def institution_did(self) -> str:
        """Who issues envelopes and status lists."""
        return f"did:web:{self.host}"

    def issuer_did(self, slug: str) -> str:
        """Who issues the credentials of one issuer."""
        return f"did:web:{self.host}:issuers:{slug}"

    def issuer(self, slug: str) -> str:
        """The issuer's page and profile."""
        return f"{self.public_url}/issuers/{slug}"

    def achievement(self, achievement: AchievementId) -> str:
        """The achievement's page and definition; its id in documents."""
        return f"{self.public_url}/achievements/{achievement}"

    def achievement_image(self, achievement: AchievementId) -> str:
        """The achievement's image."""
        return f"{self.public_url}/v1/achievements/{achievement}/image"

    def pathway(self, pathway: PathwayId) -> str:
        """The pathway's page; its id in documents."""
        return f"{self.public_url}/pathways/{pathway}"

    def credential(self, public_id: str) -> str:
        """The id of one issued credential."""
        return f"{self.public_url}/c/{public_id}"

    def status_list(self, number: int) -> str:
        """One Bitstring status list."""
        return f"{self.public_url}/status/{number}"

    def evidence(self, evidence: EvidenceId) -> str:
        """One evidence file; private, so it answers only those entitled."""
        return f"{self.public_url}/v1/evidence/{evidence}"

    def public_record(self, slug: str) -> str:
        """The page of a public record."""
        return f"{self.public_url}/r/{slug}"

    def share(self, token: str) -> str:
        """A share link; holds the only copy of its token."""
        return f"{self.public_url}/s/{token}"

    def problem(self, code: str) -> str:
        """The page that explains one kind of problem (RFC 9457 ``type``)."""
        return f"{self.public_url}/problems/{code}"
