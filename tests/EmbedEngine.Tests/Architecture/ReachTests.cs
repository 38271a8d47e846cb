// What the managed facade can do, the C header and the Python package can: one table, checked against the
// assembly, the header and the package's sources. tests/python/test_one_description.py compares header,
// library and ctypes with each other. A public member or option without a line here fails.

using System.Reflection;
using System.Text.RegularExpressions;

namespace EmbedEngine.Tests.Architecture;

public sealed partial class ReachTests
{
    /// <summary>Public member of the facade → functions of the header that reach it.</summary>
    private static readonly Dictionary<string, string> Functions = new()
    {
        ["Engine.Open"] = "ee_open", ["Engine.Dispose"] = "ee_close", ["Engine.Path"] = "ee_info",
        ["Engine.IsReadOnly"] = "ee_is_read_only", ["Engine.Exists"] = "ee_exists",
        ["Engine.Problem"] = "ee_info",
        ["Engine.Model"] = "ee_model_open", ["Engine.RequireModel"] = "ee_model_open",
        ["Engine.OpenModel"] = "ee_model_open", ["Engine.Import"] = "ee_import ee_import_columns",
        ["Engine.ImportCatalog"] = "ee_import_catalog", ["Engine.SetAttributes"] = "ee_set_attributes",
        ["Engine.Attributes"] = "ee_attributes", ["Engine.AttributesOf"] = "ee_item_attributes",
        ["Engine.ImportVectors"] = "ee_import_vectors ee_import_vector_columns",
        ["Engine.ImportVectorsStream"] = "ee_import_vectors_stream",
        ["Engine.ImportCatalogStream"] = "ee_import_catalog_stream",
        ["Engine.ImportStream"] = "ee_import_stream", ["Engine.Train"] = "ee_train",
        ["Engine.Evaluate"] = "ee_evaluate", ["Engine.Info"] = "ee_info", ["Engine.Versions"] = "ee_versions",
        ["Engine.Publish"] = "ee_publish", ["Engine.Rollback"] = "ee_rollback",
        ["Engine.Refresh"] = "ee_refresh",
        ["Engine.Recommend"] = "ee_recommend", ["Engine.Similar"] = "ee_similar",
        ["Engine.SetAlias"] = "ee_set_alias",
        ["Engine.RemoveAlias"] = "ee_remove_alias", ["Engine.Aliases"] = "ee_aliases",
        ["Engine.ResolveVersion"] = "ee_resolve_version", ["Engine.Collect"] = "ee_collect",
        ["Engine.Verify"] = "ee_verify", ["Engine.Backup"] = "ee_backup", ["Engine.Diff"] = "ee_diff",
        ["Engine.Lineage"] = "ee_lineage", ["Engine.Compact"] = "ee_compact",
        ["Engine.ForgetUser"] = "ee_forget",
        ["Engine.ForgetItem"] = "ee_forget", ["Engine.Observe"] = "ee_observe",
        ["Engine.KnowsAction"] = "ee_knows_action", ["Engine.FlushObserved"] = "ee_flush_observed",
        ["Engine.Upgrade"] = "ee_upgrade", ["Model.OpenBundle"] = "ee_open_bundle",
        ["Model.WriteBundle"] = "ee_write_bundle ee_write_compressed_bundle",
        ["Model.UnpackBundle"] = "ee_unpack_bundle", ["Model.Export"] = "ee_export",
        ["Model.Version"] = "ee_model_version ee_model_manifest", ["Model.KeyKind"] = "ee_key_kind",
        ["Model.ItemCount"] = "ee_item_count", ["Model.Spaces"] = "ee_spaces",
        ["Model.Recommend"] = "ee_recommend",
        ["Model.RecommendBatch"] = "ee_recommend_batch",
        ["Model.Similar"] = "ee_similar ee_similar_batch ee_similar_by_rules",
        ["Model.Vectors"] = "ee_vectors", ["Model.ItemAt"] = "ee_items", ["Model.TryGetRow"] = "ee_rows",
        ["Model.TryGetItem"] = "ee_keys_to_items", ["Model.Utf8Key"] = "ee_item_key ee_item_keys",
        ["Model.KeyString"] = "ee_item_key", ["Model.ActionCode"] = "ee_action_code",
        ["Model.Dispose"] = "ee_model_close",
        ["Engine.Export"] = "ee_engine_export",
        ["Engine.Inspect"] = "ee_inspect", ["Model.Explain"] = "ee_explain",
        ["Model.BoughtTogether"] = "ee_bought_together ee_bought_together_by_rules",
        ["Model.TryGetCategory"] = "ee_category",
        ["Model.Popular"] = "ee_popular",
        ["Model.CategoryOf"] = "ee_item_category", ["Model.RecommendFile"] = "ee_recommend_file",
        ["Engine.RecommendUser"] = "ee_recommend_user", ["Engine.Traits"] = "ee_traits",
        ["Engine.Explore"] = "ee_explore",
        ["Engine.RefreshVersion"] = "ee_refresh_version", ["Model.UserCount"] = "ee_user_count",
        ["Model.ProfileCache"] = "ee_profile_cache", ["Model.ExplainUser"] = "ee_explain_user",
        ["Model.RecommendUser"] = "ee_recommend_user", ["Model.Profile"] = "ee_profile",
        ["Model.Search"] = "ee_search", ["Model.SearchBatch"] = "ee_search",
        ["Model.RecommendUserBatch"] = "ee_recommend_user_batch",
        ["Model.SimilarTokens"] = "ee_similar_tokens", ["Model.SimilarUsers"] = "ee_similar_users",
        ["Model.ExplainRules"] = "ee_explain_rules", ["Model.ExplainExplored"] = "ee_explain_explored",
        ["ItemBoost.Parse"] = "ee_boost_compile ee_filter_free",
        ["ItemBoost.Expression"] = "ee_boost_compile",
        ["ItemBoost.ToString"] = "ee_boost_compile", ["ItemBoost.Filter"] = "ee_boost_compile",
        ["ItemBoost.Factor"] = "ee_boost_compile",
        ["ItemFilter.Parse"] = "ee_filter_compile ee_filter_free",
        ["ItemFilter.Expression"] = "ee_filter_compile",
        ["Engine.Drift"] = "ee_drift", ["Engine.Health"] = "ee_health",
        ["EngineInfo.Version"] = "ee_version", ["EngineInfo.SimdLevel"] = "ee_simd_level",
    };

    /// <summary>Functions that the C language needs and the facade does not.</summary>
    private static readonly string[] OfTheLanguage =
    [
        "ee_abi_version", "ee_features", "ee_status_name", "ee_source_name", "ee_last_error",
        "ee_last_result",
        "ee_model_last_result",
        "ee_manifest", "ee_open_options_init", "ee_import_options_init", "ee_train_options_init",
        "ee_evaluate_options_init", "ee_recommend_options_init", "ee_export_options_init",
        "ee_catalog_options_init", "ee_vector_import_options_init", "ee_inspect_options_init",
        "ee_recommend_file_options_init",
    ];

    /// <summary>
    /// Option types → their struct. Fields have the property's name in snake_case unless <see cref="Fields"/>
    /// says.
    /// </summary>
    private static readonly (Type Type, string Struct)[] Options =
    [
        (typeof(EngineOptions), "ee_open_options"), (typeof(ImportOptions), "ee_import_options"),
        (typeof(TrainOptions), "ee_train_options"), (typeof(EvaluateOptions), "ee_evaluate_options"),
        (typeof(RecommendOptions), "ee_recommend_options"), (typeof(ExportOptions), "ee_export_options"),
        (typeof(VectorImportOptions), "ee_vector_import_options"),
        (typeof(VectorColumns), "ee_vector_columns"),
        (typeof(RecommendRules), "ee_recommend_options"),
        (typeof(InspectOptions), "ee_inspect_options"),
        (typeof(RecommendFileOptions), "ee_recommend_file_options"),
        (typeof(EventColumns), "ee_columns"), (typeof(CatalogOptions), "ee_catalog_options"),
        (typeof(ItemColumns), "ee_item_columns"), (typeof(ItemColumn), "ee_item_column"),
        (typeof(ItemPin), "ee_pin"), (typeof(AttributeCap), "ee_cap"),
    ];

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["ImportOptions.Actions"] = "action_map", ["ImportOptions.Keys"] = "key_kind",
        // The sets of a request lie in its options.
        ["RecommendFileOptions.Allow"] = "request", ["RecommendFileOptions.Deny"] = "request",
        ["RecommendFileOptions.AllowCategories"] = "request",
        ["RecommendFileOptions.DenyCategories"] = "request", ["RecommendFileOptions.Filter"] = "request",
        ["RecommendFileOptions.Boosts"] = "request", ["RecommendFileOptions.Pins"] = "request",
        ["RecommendFileOptions.Bury"] = "request", ["RecommendFileOptions.Caps"] = "request",
        ["RecommendFileOptions.WeightBy"] = "request", ["RecommendFileOptions.FallbackBy"] = "request",
        // Settings of the index lie flat in the struct.
        ["VectorImportOptions.Index"] = "m ef_construction ef_search seed threads",
    };

    /// <summary>
    /// Enums → the prefix of their constants; a name in upper snake case unless <see cref="Constants"/> says.
    /// </summary>
    private static readonly (Type Type, string Prefix)[] Enums =
    [
        (typeof(ErrorCode), "EE_E_"), (typeof(VerifyLevel), "EE_VERIFY_"),
        (typeof(EventFormat), "EE_FORMAT_"),
        (typeof(TimeUnit), "EE_TIME_"), (typeof(KeyKind), "EE_KEYS_"),
        (typeof(CandidateSourceKind), "EE_SOURCE_"),
        (typeof(SeenPolicy), "EE_SEEN_"), (typeof(Fallback), "EE_FALLBACK_"),
        (typeof(TrainPreset), "EE_PRESET_"),
        (typeof(EvaluationProtocol), "EE_PROTOCOL_"), (typeof(ExportKind), "EE_EXPORT_"),
        (typeof(VectorFormat), "EE_FILE_"), (typeof(DiversityMeasure), "EE_DIVERSITY_"),
        (typeof(EvaluationHistory), "EE_HISTORY_"), (typeof(UserVectorKind), "EE_USER_VECTOR_"),
        (typeof(UserLikeness), "EE_LIKENESS_"), (typeof(AttributeType), "EE_ATTRIBUTE_"),
        (typeof(VectorSide), "EE_SIDE_"), (typeof(PublishGate), "EE_GATE_"),
    ];

    private static readonly Dictionary<string, string> Constants = new()
    {
        ["ErrorCode.None"] = "EE_OK", ["VectorFormat.Word2Vec"] = "EE_FILE_W2V",
        ["EventFormat.JsonLines"] = "EE_FORMAT_JSONL",
        ["EventFormat.Columns"] = "", // no format of files: ee_import_columns
        ["VectorFormat.JsonLines"] = "EE_FILE_JSONL", ["CandidateSourceKind.Item2Vec"] = "EE_SOURCE_ITEM2VEC",
        ["CandidateSourceKind.Item2VecSimilar"] = "EE_SOURCE_ITEM2VEC_SIMILAR",
    };

    private static readonly string Header = Comments().Replace(Read("include/embed_engine.h"), " ");

    [Fact]
    public void EveryFacadeMember_HasItsFunction()
    {
        string[] members =
            [.. new[] {
                typeof(Engine), typeof(Model), typeof(ItemFilter), typeof(ItemBoost), typeof(EngineInfo) }
                .SelectMany(Members).Distinct()];
        Assert.Equal(members.Order(), Functions.Keys.Order());
        HashSet<string> declared = [.. Prototypes().Matches(Header).Select(m => m.Groups[1].Value)];
        Assert.True(declared.Count > 50, $"{declared.Count} functions found in the header");
        Assert.Equal(declared.Order(), Functions.Values.SelectMany(f => f.Split(' ')).Concat(OfTheLanguage)
            .Distinct().Order());
    }

    [Fact]
    public void EveryOption_HasItsField()
    {
        foreach ((Type type, string name) in Options)
        {
            string body = Regex.Match(Header, $@"typedef struct {name} \{{([^}}]*)\}}").Groups[1].Value;
            HashSet<string> fields = [.. FieldNames().Matches(body).Select(m => m.Groups[1].Value)];
            foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                // A setting goes by its name in the list of settings.
                bool setting = type == typeof(TrainOptions)
                    && SettingTable.All.Any(s => s.PropertyName == property.Name);
                string own = Fields.GetValueOrDefault(
                    $"{type.Name}.{property.Name}", setting ? "settings" : Snake(property.Name));
                foreach (string field in own.Split(' '))
                    Assert.True(fields.Contains(field), $"{name} has no {field}");
            }
        }
    }

    [Fact]
    public void EveryEnumValue_IsItsConstant()
    {
        Dictionary<string, int> declared = ConstantNames().Matches(Header)
            .ToDictionary(m => m.Groups[1].Value, m => int.Parse(m.Groups[2].Value));
        foreach ((Type type, string prefix) in Enums)
        {
            var own = new SortedDictionary<string, int>(StringComparer.Ordinal);
            foreach (string name in Enum.GetNames(type))
            {
                string constant = Constants.GetValueOrDefault(
                    $"{type.Name}.{name}", prefix + Snake(name).ToUpperInvariant());
                if (constant.Length > 0) own[constant] = Convert.ToInt32(Enum.Parse(type, name));
            }
            Assert.Equal(own, new SortedDictionary<string, int>(
                declared.Where(
                c => c.Key.StartsWith(prefix, StringComparison.Ordinal) || own.ContainsKey(c.Key))
                    .ToDictionary(), StringComparer.Ordinal));
        }
    }

    [Fact]
    public void EveryFunction_IsCalledByThePythonPackage()
    {
        string directory = Path.Combine(SourceRulesTests.Root, "bindings", "python", "embedengine");
        string[] files =
            ["__init__", "_library", "_progress", "_sources", "database", "filters", "model"];
        string package =
            string.Concat(files.Select(f => File.ReadAllText(Path.Combine(directory, f + ".py"))));
        string[] unused = [.. Prototypes().Matches(Header).Select(m => m.Groups[1].Value)
            .Where(f => !Regex.IsMatch(package, $@"\b{f}\b")).Order()];
        // what this build has is what the package of the same build needs
        Assert.Equal(["ee_features"], unused);
    }

    private static IEnumerable<string> Members(Type type) => type
        .GetMembers(
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        .Where(m => m is PropertyInfo or FieldInfo or MethodInfo { IsSpecialName: false })
        .Select(m => $"{type.Name}.{m.Name}");

    private static string Snake(string name) => Humps().Replace(name, "_$0").ToLowerInvariant();

    private static string Read(string path) => File.ReadAllText(Path.Combine(SourceRulesTests.Root, path));

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\b(ee_\w+)\([^)]*\);")]
    private static partial Regex Prototypes();

    [GeneratedRegex(@"\b(EE_\w+) = (-?\d+)")]
    private static partial Regex ConstantNames();

    [GeneratedRegex(@"(\w+);")]
    private static partial Regex FieldNames();

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]")]
    private static partial Regex Humps();
}
