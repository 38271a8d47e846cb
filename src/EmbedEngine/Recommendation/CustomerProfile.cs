// A user by all that is known: the one way from a history to a vector and a profile, for those who ask about
// users and not for the next item.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Profiles;

namespace EmbedEngine.Recommendation;

/// <summary>Vectors and profiles of users.</summary>
internal static class CustomerProfile
{
    /// <summary>A history without a session.</summary>
    public static SessionContext Whole(EventTail past) => new()
    {
        PastRows = past.Items, PastActions = past.Actions, PastTimesMs = past.TimesMs,
    };

    /// <summary>
    /// Writes the profile of all that is known of a user into the scratch and says what it was made from.
    /// </summary>
    public static ProfileBasis Traits(
        VersionData data, TraitTable traits, in SessionContext session, RequestScratch scratch)
    {
        TraitScratch own = scratch.Traits ??= new TraitScratch(traits);
        UInt128 key = scratch.Profiles is null ? default : ProfileCache.Fingerprint(session, how: 0);
        if (scratch.Profiles?.TryRead(key, own.Profile, out ProfileBasis found) == true) return found;
        ProfileBasis basis = TraitProjection.Project(
            traits, data.Item2Vec?.Vectors.In ?? default, session.PastRows, session.PastActions,
            session.Rows, session.Actions, data.ActionWeights, data.Categories, own);
        scratch.Profiles?.Write(key, own.Profile, basis);
        return basis;
    }

    /// <summary>Writes the vector of a kind and says what it was made from.</summary>
    public static ProfileBasis Vector(
        VersionData data, UserVectorKind kind, in SessionContext session, RequestScratch scratch,
        Span<float> vector)
    {
        if (data.UserModel is not { } model) return ProfileBasis.Popularity;
        int last = session.Length > 0 ? session.Rows[^1] : session.HasPast ? session.PastRows[^1] : -1;
        int category = last < 0 ? ItemCategories.None
            : data.Categories?.CategoryOf(last) ?? ItemCategories.None;
        int action = session.Length > 0 ? session.Actions[^1]
            : session.HasPast ? session.PastActions[^1] : scratch.LastAction;
        if (kind == UserVectorKind.Served) kind = model.Served;
        UInt128 key = default;
        if (scratch.Vectors is { } cache)
        {
            key = ProfileCache.Fingerprint(session, ((action + 1) << 8) | (int)kind);
            if (cache.TryRead(key, vector, out ProfileBasis found)) return found;
        }
        ProfileBasis basis = model.Build(
            kind, session.Whole, category, action, data.ActionKinds, data.Item2Vec!.Vectors.In, vector);
        scratch.Vectors?.Write(key, vector, basis);
        return basis;
    }
}
