// Random damage to good files of every format: whatever it makes of them, nothing but EmbedEngineException
// leaves.

using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Reading;

namespace EmbedEngine.Tests.Interactions.Reading;

public sealed class ImportFuzzTests
{
    private const int Rounds = 400;

    public static TheoryData<string> Samples => new(
        "session,item,ts,event,user\n1,5,100,view,7\n1,\"6\",101,cart,7\n"
            + "2,5,102.5,view,8\n2,\"a\"\"b\",103,\"x\ny\",9\n",
        "user_id\titem_id\ttime\n1\t2\t2019-10-01 00:00:00 UTC\n1\t3\t2019-10-01T00:00:01.5+01:00\n",
        "{\"session\":1,\"events\":[{\"aid\":7,\"ts\":1659304800025,\"type\":\"clicks\"},"
            + "{\"aid\":8,\"ts\":1659304800026,\"type\":\"carts\"}]}\n"
            + "{\"session\":2,\"events\":[{\"aid\":7,\"ts\":1659304800025,\"type\":\"orders\"}]}\n",
        "{\"session_id\":\"a\\u00e4\",\"items\":[1,\"x\",-3],\"target\":5}\n"
            + "{\"session_id\":\"b\",\"items\":[1,2]}\n");

    [Theory]
    [MemberData(nameof(Samples))]
    public void Import_MutatedInput_EndsWellOrWithOurException(string sample)
    {
        byte[] good = Encoding.UTF8.GetBytes(sample);
        byte[] alphabet = [.. "\",{}[]:\n\r\t;\\0129-+.eE\0 ntuf"u8, 0xC3, 0xFF, 0xED];
        var random = new Random(sample.Length);
        int imported = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var bytes = new List<byte>(good);
            for (int k = random.Next(1, 6); k > 0 && bytes.Count > 0; k--)
            {
                int at = random.Next(bytes.Count);
                switch (random.Next(5))
                {
                    case 0: bytes[at] = alphabet[random.Next(alphabet.Length)]; break;
                    case 1: bytes.Insert(at, alphabet[random.Next(alphabet.Length)]); break;
                    case 2: bytes.RemoveAt(at); break;
                    case 3: bytes.RemoveRange(at, Math.Min(random.Next(20), bytes.Count - at)); break;
                    default: bytes.InsertRange(at, good.Skip(random.Next(good.Length))
                        .Take(random.Next(30))); break;
                }
            }
            byte[] file = random.Next(6) == 0 ? Mutate(ImportScratch.Gzip([.. bytes]), random) : [.. bytes];
            using var scratch = new ImportScratch();
            string path = scratch.Write("f", file);
            try
            {
                scratch.Import(path, sortCapacity: 2);
                scratch.Dump();
                imported++;
            }
            catch (EmbedEngineException e)
            {
                Assert.NotEqual(ErrorCode.Internal, e.Code);
                Assert.False(File.Exists(Path.Combine(scratch.Root, "000001.eel")));
                Assert.Equal(0, scratch.Items.Count);
            }
        }
        // Both outcomes were met, so the mutations are neither mild nor wild.
        Assert.InRange(imported, 1, Rounds - 1);
    }

    private static byte[] Mutate(byte[] bytes, Random random)
    {
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    /// <summary>
    /// Words, bytes and the general parser on the same damaged lines: the first two take the same lines and
    /// read the same, and what they take the third reads as they do.
    /// </summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void OttoFastParser_MutatedLines_ByWordsByBytesAndByTheGeneralParser_Agree(int seed)
    {
        var random = new Random(seed);
        var actions = new ActionTable();
        string[] names = ["clicks", "carts", "orders", "a_long_name_of_an_action", "x"];
        foreach (string name in names) actions.GetOrAdd(Encoding.UTF8.GetBytes(name));
        var words = new OttoFastParser(actions) { UseWords = true };
        var bytes = new OttoFastParser(actions) { UseWords = false };
        var general = new SessionLineParser { Unit = TimeUnit.Milliseconds };
        var line = new SessionLine();
        int taken = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] text = Encoding.UTF8.GetBytes(RandomLine(random, names));
            string alphabet = "0123456789\",{}[]: -.clikartsz_\\\u00e4";
            for (int k = random.Next(-2, 3); k > 0; k--)
                text[random.Next(text.Length)] = (byte)alphabet[random.Next(alphabet.Length)];
            if (random.Next(10) == 0) text = text[..random.Next(text.Length)];
            string what = $"seed {seed}, round {round}: {Encoding.UTF8.GetString(text)}";
            bool good = bytes.TryParse(text);
            Assert.True(good == words.TryParse(text), what);
            if (!good) continue;
            taken++;
            Assert.True(words.Session == bytes.Session && words.Count == bytes.Count, what);
            Assert.True(
                words.Items.AsSpan(0, words.Count).SequenceEqual(bytes.Items.AsSpan(0, bytes.Count)), what);
            Assert.True(
                words.Times.AsSpan(0, words.Count).SequenceEqual(bytes.Times.AsSpan(0, bytes.Count)), what);
            Assert.True(words.Actions.AsSpan(0, words.Count)
                .SequenceEqual(bytes.Actions.AsSpan(0, bytes.Count)), what);
            Assert.True(general.TryParse(text, line, out string problem), what + problem);
            Assert.True(line.Count == bytes.Count, what);
            Assert.Equal(bytes.Session.ToString(), Encoding.UTF8.GetString(line.Text(line.Session)));
            for (int i = 0; i < bytes.Count; i++)
            {
                Assert.Equal(bytes.Items[i].ToString(), Encoding.UTF8.GetString(line.Text(line.Items[i])));
                Assert.Equal(bytes.Times[i], line.Times[i]);
                Assert.Equal(bytes.Actions[i], actions.GetOrAdd(line.Text(line.ActionNames[i])));
            }
        }
        Assert.InRange(taken, 200, 1800);
    }

    private static string RandomLine(Random random, string[] names)
    {
        IEnumerable<string> events = Enumerable.Range(0, random.Next(1, 8)).Select(_ =>
            $"{{\"aid\":{Number()},\"ts\":{Time()},\"type\":\"{names[random.Next(names.Length)]}\"}}");
        return $"{{\"session\":{Number()},\"events\":[{string.Join(',', events)}]}}";

        string Time() => random.Next(4) == 0 ? Number() : $"{1659304800025 + random.Next()}";

        // Every length from 1 to 20 digits, now and then with zeros before it.
        string Number() => string.Concat(Enumerable.Range(0, random.Next(1, random.Next(4) == 0 ? 21 : 12))
            .Select(i => (char)('0' + random.Next(i == 0 && random.Next(8) > 0 ? 1 : 0, 10))));
    }
}
