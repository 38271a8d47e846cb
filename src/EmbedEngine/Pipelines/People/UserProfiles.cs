using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Pipelines.People;

/// <summary>`profile`: one user of one version.</summary>
internal static class UserProfiles
{
    public static UserProfile Of(
        ServedVersion version, string user, ReadOnlySpan<byte> utf8, UserVectorKind kind)
    {
        UserModel? model = version.Data.UserModel;
        if (!Enum.IsDefined(kind) || (model is not null && !model.Has(kind)))
        {
            string name = Enum.IsDefined(kind) ? SettingValues.Text(kind) : $"{(int)kind}";
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                $"version {version.Version.Number} makes no user vectors of kind {name}");
        }
        float[] vector = new float[model?.Dims ?? 0];
        float[] traits = new float[version.Data.Traits?.Count ?? 0];
        ProfileBasis basis = version.Profile(
            utf8, kind, vector, traits, out int events, out ProfileBasis ofTraits);
        if (basis == ProfileBasis.Popularity) vector = [];
        if (vector.Length == 0 && traits.Length > 0) basis = ofTraits;
        return new UserProfile
        {
            User = user,
            UserKeys = version.Data.Histories?.KeyKind ?? KeyKind.Unset,
            Events = events,
            Vector = vector,
            Space = vector.Length == 0 ? null : VersionData.Item2VecSpace,
            Kind = kind == UserVectorKind.Served ? model?.Served ?? kind : kind,
            Version = version.Version.Number,
            DependsOn = version.Version.Number,
            Traits = traits,
            Fallback = basis switch
            {
                ProfileBasis.History => Fallback.None,
                ProfileBasis.Session => Fallback.Session,
                ProfileBasis.Category => Fallback.Category,
                ProfileBasis.Action => Fallback.Action,
                ProfileBasis.Centroid => Fallback.Centroid,
                _ => Fallback.Popularity,
            },
        };
    }
}
